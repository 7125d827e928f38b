//! What a manager lends ends with it.
//~ error[E0505]: cannot move out of `manager` because it is borrowed
use sabir::Manager;

fn main() -> sabir::Result<()> {
    let manager = Manager::new()?;
    let endpoint = manager.endpoint();
    drop(manager);
    println!("{endpoint:?}");
    Ok(())
}
