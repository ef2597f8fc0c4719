//! `sh -c` for the portal's diagnosis tools: the command injection hole.
//!
//! Bounded so that a demo survives it: empty environment, no input, five seconds, 64 KiB of output. Not a sandbox.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use tokio::io::AsyncReadExt;

const TIME_LIMIT: Duration = Duration::from_secs(5);
const OUTPUT_LIMIT_BYTES: u64 = 64 * 1024;

/// Runs `command` in `folder` and gives what it wrote to its standard output and error.
pub(crate) async fn run(command: &str, folder: &Path) -> String {
    match tokio::time::timeout(TIME_LIMIT, capture(command, folder)).await {
        Ok(Ok(output)) => output,
        Ok(Err(error)) => format!("无法执行：{error}\n"),
        Err(_) => "执行超时\n".to_owned(),
    }
}

async fn capture(command: &str, folder: &Path) -> std::io::Result<String> {
    #[expect(
        clippy::disallowed_methods,
        reason = "the hole itself: the portal must really start a shell, and no wrapper of ours should be able to"
    )]
    let mut child = tokio::process::Command::new("sh")
        .arg("-c")
        .arg(format!("exec 2>&1; {command}"))
        .current_dir(folder)
        .env_clear()
        .env("PATH", "/usr/bin:/bin")
        .env("LANG", "C.UTF-8")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()?;
    let mut output = Vec::new();
    if let Some(stdout) = child.stdout.take() {
        stdout.take(OUTPUT_LIMIT_BYTES).read_to_end(&mut output).await?;
    }
    child
        .start_kill()
        .or_else(|error| if error.kind() == std::io::ErrorKind::InvalidInput { Ok(()) } else { Err(error) })?;
    child.wait().await?;
    Ok(String::from_utf8_lossy(&output).into_owned())
}
