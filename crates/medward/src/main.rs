//! Medward (医垣): one program that keeps a hospital's systems available, guarded, recorded, and able to prove it.

mod assets;
mod capabilities;
mod cli;
mod demo;
mod docs;
mod logging;
mod node;
mod open_files;
mod program;
mod rescue;
mod settings;
mod stand_ins;
mod tproxy;
mod up;
mod waf;

use std::process::ExitCode;

use clap::Parser as _;

fn main() -> ExitCode {
    let command = match cli::Cli::try_parse() {
        Ok(cli) => cli.command,
        Err(error) => {
            // Help and version are answers, not errors.
            let code = if error.use_stderr() { 64 } else { 0 };
            drop(error.print());
            return ExitCode::from(code);
        }
    };
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return cli::fail(&anyhow::Error::from(error).context("start the runtime")),
    };
    match runtime.block_on(cli::run(command)) {
        Ok(code) => code,
        Err(error) => cli::fail(&error),
    }
}
