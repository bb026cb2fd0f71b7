mod garden;
mod plant;

use garden::Garden;
use plant::{Plant, Wilted};

fn main() {
    let mut garden = Garden::new();
    garden.add(Plant::seed("rose"));
    println!("{}", tallest(&garden).unwrap_or(0));
    println!("{}", tend(&mut garden).is_ok());
    println!("{}", first_name(&garden));
    println!("{}", rescue(Plant::seed("fern")));
}

fn tallest(garden: &Garden) -> Option<u32> {
    let plant = garden.find("rose")?;
    Some(plant.height())
}

fn tend(garden: &mut Garden) -> Result<u32, Wilted> {
    let plant = garden.find_mut("rose").ok_or(Wilted::new())?;
    plant.water()?;
    let height = plant.grow().unwrap().height();
    Ok(height)
}

fn first_name(garden: &Garden) -> String {
    garden
        .first()
        .map(|p| p.name())
        .filter(|n| !n.is_empty())
        .unwrap_or_else(nobody)
}

fn nobody() -> String {
    "nobody".to_string()
}

fn rescue(mut plant: Plant) -> u32 {
    let grown = plant.grow().and_then(|p| p.grow()).map(|p| p.height());
    match grown {
        Ok(height) => height,
        Err(wilted) => wilted.days(),
    }
}
