//! The binary `citytools`: its allocator, and the library's [`citytools::main`].

use std::process::ExitCode;

/// Handing back memory quickly after an import matters more here than the last per cent of speed.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    citytools::main()
}
