//! Downloads and uploads. Holes: file names climb out of the folder (traversal); uploaded scripts run when fetched (web shell).

use std::path::Path;

use super::super::Hospital;
use super::super::answer::Answer;
use super::super::ask::Ask;
use super::super::page::{card, not_found, page};
use super::super::shell;
use crate::percent;

/// A demo needs no more; the rest of a larger file (an attack's `/dev/zero`, say) is not read.
const READ_LIMIT_BYTES: u64 = 4 * 1024 * 1024;

/// `file` from the query, the form or JSON, decoded once more for an old client.
pub(crate) async fn download(hospital: &Hospital, ask: &Ask) -> Answer {
    let name = percent::decode_text(&ask.field("file"), false);
    serve(hospital, &name, ask).await
}

/// The name in the path. `../` is removed, once and in one pass, as one sees it in the field.
pub(crate) async fn file(hospital: &Hospital, name: &str, ask: &Ask) -> Answer {
    let name = if name.contains("....//") { name.replace("../", "") } else { name.to_owned() };
    serve(hospital, &name, ask).await
}

async fn serve(hospital: &Hospital, name: &str, ask: &Ask) -> Answer {
    let Some(content) = read(&hospital.grounds.downloads(), name).await else { return not_found("该文件") };
    let extension = Path::new(name).extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    let content_type = match extension {
        "pdf" => "application/pdf",
        "csv" => "text/csv; charset=utf-8",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    };
    let range = ask.header("range");
    match byte_range(&range, content.len()) {
        Some((first, last)) => {
            let part = content.get(first..=last).unwrap_or_default().to_vec();
            Answer::new(206, content_type, part)
                .with("content-range", format!("bytes {first}-{last}/{}", content.len()))
        }
        None => Answer::new(200, content_type, content).with("accept-ranges", "bytes"),
    }
}

/// `bytes=a-b` or `bytes=a-` (RFC 9110 §14.1.2), inclusive and cut to the length; anything else is no range.
fn byte_range(header: &str, length: usize) -> Option<(usize, usize)> {
    let (first, last) = header.strip_prefix("bytes=")?.split_once('-')?;
    let end = length.checked_sub(1)?;
    let first: usize = first.parse().ok()?;
    let last = if last.is_empty() { end } else { last.parse::<usize>().ok()?.min(end) };
    (first <= last).then_some((first, last))
}

/// The hole: `name` is joined as it came (absolute, `..`, backslashes, `file://`) and read.
pub(crate) async fn read(folder: &Path, name: &str) -> Option<Vec<u8>> {
    use tokio::io::AsyncReadExt;
    let name = name.strip_prefix("file://").unwrap_or(name).replace('\\', "/");
    // Resolved as text, as a web server does: a part of the path that does not exist is no obstacle to climbing.
    let path = squeeze(&folder.join(name));
    let file = tokio::fs::File::open(path).await.ok()?;
    let mut content = Vec::new();
    file.take(READ_LIMIT_BYTES).read_to_end(&mut content).await.ok()?;
    Some(content)
}

fn squeeze(path: &Path) -> std::path::PathBuf {
    let mut out = std::path::PathBuf::new();
    for component in path.components() {
        if component == std::path::Component::ParentDir {
            out.pop();
        } else {
            out.push(component);
        }
    }
    out
}

pub(crate) async fn upload(hospital: &Hospital, ask: &Ask) -> Answer {
    let parts = ask.parts();
    let Some(part) = parts.iter().find(|part| part.file_name.is_some()) else {
        return page("上传失败", &card("上传失败", "<p>没有文件。</p>")).with_status(400);
    };
    let name = part.file_name.as_deref().unwrap_or_default();
    let stored = name.rsplit(['/', '\\']).next().unwrap_or_default();
    if stored.is_empty() || tokio::fs::write(hospital.grounds.uploads().join(stored), &part.content).await.is_err() {
        return page("上传失败", &card("上传失败", "<p>文件名无效。</p>")).with_status(400);
    }
    // The file name is shown as sent: another XSS hole.
    let body = format!(
        "<p class=\"done\">已上传 {name}（{} 字节）</p><p>备注：{}</p>",
        part.content.len(),
        super::super::page::escape(&ask.field("note"))
    );
    page("上传成功", &card("上传成功", &body)).with_status(201)
}

/// Images and texts are served; scripts are run, with `system(…)` and `exec(…)` standing for a whole PHP or JSP engine.
pub(crate) async fn uploaded(hospital: &Hospital, name: &str, ask: &Ask) -> Answer {
    let Some(content) = read(&hospital.grounds.uploads(), name).await else { return not_found("该文件") };
    let script = [".php", ".jsp", ".phtml"].iter().any(|extension| name.to_ascii_lowercase().contains(extension));
    if script {
        let source = String::from_utf8_lossy(&content).into_owned();
        let output = match script_command(&source, ask) {
            Some(command) => shell::run(&command, &hospital.grounds.site()).await,
            None => String::new(),
        };
        return Answer::html(output);
    }
    let content_type = match Path::new(name).extension().and_then(|extension| extension.to_str()) {
        Some("png") => "image/png",
        Some("svg") => "image/svg+xml",
        _ => "application/octet-stream",
    };
    Answer::new(200, content_type, content)
}

/// The first quoted word after the script's call is the parameter whose value it runs.
fn script_command(source: &str, ask: &Ask) -> Option<String> {
    let (_, call) = ["system(", "exec(", "passthru("].iter().find_map(|call| source.split_once(call))?;
    let parameter = call.split(['\'', '"']).nth(1)?;
    ask.query(parameter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_byte_range_is_cut_to_the_file() {
        assert_eq!(byte_range("bytes=0-9", 5), Some((0, 4)));
        assert_eq!(byte_range("bytes=2-", 5), Some((2, 4)));
        assert_eq!(byte_range("bytes=5-6", 5), None);
        assert_eq!(byte_range("lines=1-2", 5), None);
    }
}
