//! Starts the provider, prints its issuer, and serves until its input ends.

use beffroi_oidc_provider::TestProvider;
use std::io;

fn main() -> io::Result<()> {
    let provider = TestProvider::start()?;
    println!("{}", provider.issuer());
    io::copy(&mut io::stdin(), &mut io::sink())?;
    Ok(())
}
