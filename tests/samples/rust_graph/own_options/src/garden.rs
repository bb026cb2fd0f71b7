use crate::plant::Plant;

pub struct Garden {
    plants: Vec<Plant>,
    best: Option<Box<Plant>>,
}

impl Garden {
    pub fn new() -> Self {
        Garden { plants: Vec::new(), best: None }
    }

    pub fn add(&mut self, plant: Plant) {
        if let Some(best) = &self.best {
            if best.height() < plant.height() {
                self.best = None;
            }
        }
        self.plants.push(plant);
    }

    pub fn find(&self, name: &str) -> Option<&Plant> {
        self.plants.iter().find(|p| p.is_called(name))
    }

    pub fn find_mut(&mut self, name: &str) -> Option<&mut Plant> {
        self.plants.iter_mut().find(|p| p.is_called(name))
    }

    pub fn first(&self) -> Option<&Plant> {
        self.plants.first()
    }

    pub fn height(&self) -> u32 {
        self.best.as_ref().map_or(0, |b| b.height()) + self.first().unwrap().height()
    }

    pub fn map(&self, by: u32) -> u32 {
        self.height() * by
    }
}
