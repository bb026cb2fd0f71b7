pub trait Named {
    fn name(&self) -> String;
}

/// What has an area has a name.
pub trait Shape: Named {
    fn area(&self) -> f64;

    fn sides() -> u32
    where
        Self: Sized,
    {
        0
    }

    fn scaled(&self, by: f64) -> f64 {
        log(&self.name());
        self.area() * by
    }

    fn describe(&self) -> String {
        format_name(self.name(), self.scaled(1.0))
    }
}

/// A method for everything that can be written.
pub trait Describe {
    fn shout(&self) -> String;
}

impl<T: std::fmt::Display> Describe for T {
    fn shout(&self) -> String {
        loud(self.to_string())
    }
}

fn loud(text: String) -> String {
    text + "!"
}

fn log(name: &str) {
    eprintln!("{name}");
}

fn format_name(name: String, area: f64) -> String {
    format!("{name} {area}")
}
