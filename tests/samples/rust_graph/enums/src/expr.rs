pub enum Expr {
    Num(i32),
    Add(Box<Expr>, Box<Expr>),
    Neg(Box<Expr>),
}

impl Expr {
    pub fn negative(n: i32) -> Self {
        Expr::Neg(Box::new(Expr::Num(n)))
    }

    pub fn eval(&self) -> i32 {
        match self {
            Self::Num(n) => *n,
            Self::Add(l, r) => add(l.eval(), r.eval()),
            Self::Neg(inner) => {
                let value = inner.eval();
                -value
            }
        }
    }

    pub fn label(&self) -> String {
        self.eval().to_string()
    }
}

#[allow(non_snake_case)]
pub fn Neg(n: i32) -> i32 {
    -n
}

fn add(a: i32, b: i32) -> i32 {
    a + b
}

#[allow(dead_code)]
pub fn next(e: &Expr) -> i32 {
    Neg(e.eval())
}
