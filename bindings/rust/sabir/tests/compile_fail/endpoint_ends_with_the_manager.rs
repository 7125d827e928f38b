//! What a manager lends ends with it.
use sabir::Manager;

fn main() -> sabir::Result<()> {
    let manager = Manager::new()?;
    let endpoint = manager.endpoint();
    drop(manager);
    println!("{endpoint:?}");
    Ok(())
}
