//! What a file is, by its content. Its name and its declared type may say less; where they say something else it is
//! refused: a mislabelled file is a mistake or a trick, and nobody can tell which.

/// What an inbox allows, by the word that its settings use.
pub(crate) const GROUPS: &[&str] = &["image", "pdf", "text", "office", "audio", "video", "archive"];
/// What an inbox allows that says nothing. Archives are left out: what is in them is seen by nobody before they are opened.
pub(crate) const USUAL: &[&str] = &["image", "pdf", "text", "office", "audio", "video"];

/// How much of a content is looked at.
pub(crate) const HEAD: usize = 64 * 1024;

struct Kind {
    group: &'static str,
    media_type: &'static str,
    /// What [`infer`] or [`plain`] call it.
    found: &'static str,
    endings: &'static [&'static str],
    /// Further names under which browsers declare it.
    declared: &'static [&'static str],
}

const fn kind(
    group: &'static str,
    media_type: &'static str,
    found: &'static str,
    endings: &'static [&'static str],
    declared: &'static [&'static str],
) -> Kind {
    Kind { group, media_type, found, endings, declared }
}

const OLE: &str = "application/x-ole-storage";
const DOCX: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
const PPTX: &str = "application/vnd.openxmlformats-officedocument.presentationml.presentation";
const ODT: &str = "application/vnd.oasis.opendocument.text";
const ODS: &str = "application/vnd.oasis.opendocument.spreadsheet";
const ODP: &str = "application/vnd.oasis.opendocument.presentation";
const EXCEL: &str = "application/vnd.ms-excel";

/// Everything that can be allowed. HTML, SVG, XML, scripts and programs are not in it.
const KINDS: &[Kind] = &[
    kind("image", "image/png", "image/png", &["png"], &[]),
    kind("image", "image/jpeg", "image/jpeg", &["jpg", "jpeg", "jfif"], &["image/jpg", "image/pjpeg"]),
    kind("image", "image/gif", "image/gif", &["gif"], &[]),
    kind("image", "image/webp", "image/webp", &["webp"], &[]),
    kind("image", "image/avif", "image/avif", &["avif"], &[]),
    kind("image", "image/heic", "image/heif", &["heic", "heif"], &["image/heif"]),
    kind("image", "image/bmp", "image/bmp", &["bmp"], &["image/x-ms-bmp"]),
    kind("image", "image/tiff", "image/tiff", &["tif", "tiff"], &[]),
    kind("pdf", "application/pdf", "application/pdf", &["pdf"], &["application/x-pdf"]),
    kind("text", "text/plain", "text/plain", &["txt", "text", "log", "md"], &["text/markdown", "text/x-markdown"]),
    kind("text", "text/csv", "text/plain", &["csv", "tsv"], &["text/plain", "text/tab-separated-values", EXCEL]),
    kind("office", DOCX, DOCX, &["docx"], &[]),
    kind("office", XLSX, XLSX, &["xlsx"], &[]),
    kind("office", PPTX, PPTX, &["pptx"], &[]),
    kind("office", ODT, ODT, &["odt"], &[]),
    kind("office", ODS, ODS, &["ods"], &[]),
    kind("office", ODP, ODP, &["odp"], &[]),
    kind("office", "application/msword", OLE, &["doc"], &[]),
    kind("office", EXCEL, OLE, &["xls"], &[]),
    kind("office", "application/vnd.ms-powerpoint", OLE, &["ppt"], &[]),
    kind("office", "application/rtf", "application/rtf", &["rtf"], &["text/rtf"]),
    kind("audio", "audio/mpeg", "audio/mpeg", &["mp3"], &["audio/mp3"]),
    kind("audio", "audio/mp4", "audio/m4a", &["m4a"], &["audio/m4a", "audio/x-m4a"]),
    kind("audio", "audio/ogg", "audio/ogg", &["ogg", "oga", "opus"], &["audio/opus", "application/ogg"]),
    kind("audio", "audio/ogg", "audio/opus", &["ogg", "oga", "opus"], &["audio/opus", "application/ogg"]),
    kind("audio", "audio/wav", "audio/x-wav", &["wav"], &["audio/x-wav", "audio/wave", "audio/vnd.wave"]),
    kind("audio", "audio/flac", "audio/x-flac", &["flac"], &["audio/x-flac"]),
    kind("audio", "audio/aac", "audio/aac", &["aac"], &[]),
    // A voice note of one vendor's browsers bears the form of a film.
    kind("video", "video/mp4", "video/mp4", &["mp4", "m4v"], &["video/x-m4v", "audio/mp4"]),
    kind("audio", "audio/mp4", "video/mp4", &["m4a"], &["audio/m4a", "audio/x-m4a"]),
    kind("video", "video/mp4", "video/x-m4v", &["mp4", "m4v"], &["video/x-m4v"]),
    // What a browser records from the microphone alone bears the same form.
    kind("video", "video/webm", "video/webm", &["webm", "weba"], &["audio/webm"]),
    kind("video", "video/quicktime", "video/quicktime", &["mov"], &[]),
    kind("archive", "application/zip", "application/zip", &["zip"], &["application/x-zip-compressed"]),
    kind("archive", "application/gzip", "application/gzip", &["gz", "tgz"], &["application/x-gzip"]),
    kind("archive", "application/x-7z-compressed", "application/x-7z-compressed", &["7z"], &[]),
    kind("archive", "application/vnd.rar", "application/vnd.rar", &["rar"], &["application/x-rar-compressed"]),
];

/// Shown in the page itself; all others are saved.
pub(crate) const INLINE: &[&str] = &["image/png", "image/jpeg", "image/gif", "image/webp", "image/avif"];

/// Why a file is refused, for people.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refused {
    #[error("files of this type are not taken here")]
    Type,
    #[error("the file is {found}, and its name says `.{ending}`")]
    Name { found: &'static str, ending: String },
    #[error("the file is {found}, and was declared as {declared}")]
    Declared { found: &'static str, declared: String },
}

/// The media types of these groups, for the `accept` of a file field.
pub(crate) fn media_types<'a>(groups: impl IntoIterator<Item = &'a str>) -> Vec<&'static str> {
    let groups: Vec<&str> = groups.into_iter().collect();
    let mut out: Vec<&'static str> = Vec::new();
    for kind in KINDS.iter().filter(|kind| groups.contains(&kind.group)) {
        if !out.contains(&kind.media_type) {
            out.push(kind.media_type);
        }
    }
    out
}

/// The media type of a content whose start this is.
pub(crate) fn of(
    head: &[u8],
    whole: bool,
    name: &str,
    declared: &str,
    groups: &[&str],
) -> Result<&'static str, Refused> {
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_lowercase()).filter(|ending| !ending.is_empty());
    let found = found(head, whole, ending.as_deref()).ok_or(Refused::Type)?;
    let candidates: Vec<&Kind> = KINDS.iter().filter(|kind| kind.found == found).collect();
    let first = candidates.first().ok_or(Refused::Type)?;
    let kind = match &ending {
        None if found == OLE => return Err(Refused::Type),
        None => first,
        Some(ending) => candidates
            .iter()
            .find(|kind| kind.endings.contains(&ending.as_str()))
            .ok_or_else(|| Refused::Name { found: first.media_type, ending: ending.clone() })?,
    };
    let declared = declared.split(';').next().unwrap_or_default().trim().to_lowercase();
    let says_nothing = declared.is_empty() || declared == "application/octet-stream";
    if !says_nothing && declared != kind.media_type && !kind.declared.contains(&declared.as_str()) {
        return Err(Refused::Declared { found: kind.media_type, declared });
    }
    if !groups.contains(&kind.group) {
        return Err(Refused::Type);
    }
    Ok(kind.media_type)
}

fn found(head: &[u8], whole: bool, ending: Option<&str>) -> Option<&'static str> {
    if head.starts_with(&[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]) {
        return Some(OLE);
    }
    match infer::get(head).map(|found| found.mime_type()) {
        // An office document whose parts stand in an unusual order.
        Some("application/zip") if ending.is_some_and(|ending| ["docx", "xlsx", "pptx"].contains(&ending)) => {
            Some(office(head).unwrap_or("application/zip"))
        }
        Some(found) if found.starts_with("text/") => None,
        Some(found) => Some(found),
        None => plain(head, whole).then_some("text/plain"),
    }
}

fn office(head: &[u8]) -> Option<&'static str> {
    let has = |part: &[u8]| head.windows(part.len()).any(|window| window == part);
    if !has(b"[Content_Types].xml") {
        return None;
    }
    [(&b"word/"[..], DOCX), (&b"xl/"[..], XLSX), (&b"ppt/"[..], PPTX)]
        .into_iter()
        .find_map(|(part, found)| has(part).then_some(found))
}

/// Words and nothing else: no control characters, and nothing that a browser or a shell would run.
fn plain(head: &[u8], whole: bool) -> bool {
    let text = match std::str::from_utf8(head) {
        Ok(text) => text,
        // A character may be cut in two at the end of what is looked at.
        Err(error) if !whole && error.error_len().is_none() => {
            std::str::from_utf8(&head[..error.valid_up_to()]).unwrap_or_default()
        }
        Err(_) => return false,
    };
    let start = text.trim_start_matches(['\u{feff}', ' ', '\t', '\r', '\n']);
    let lower: String = start.chars().take(1_000).collect::<String>().to_lowercase();
    let runs = lower.starts_with('<')
        || lower.starts_with("#!")
        || lower.starts_with("@echo")
        || ["<script", "<html", "<svg", "<!doctype", "<iframe", "<?xml", "<?php"]
            .iter()
            .any(|mark| lower.contains(mark));
    !text.is_empty() && !runs && !text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t' | '\u{c}'))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";
    const PDF: &[u8] = b"%PDF-1.7\n";
    const ZIP: &[u8] = b"PK\x03\x04\x14\0\0\0\0\0 hello.txt";

    fn usual(head: &[u8], name: &str, declared: &str) -> Result<&'static str, Refused> {
        of(head, true, name, declared, USUAL)
    }

    #[test]
    fn what_name_and_declaration_agree_with_is_taken() {
        let mut webm = b"\x1a\x45\xdf\xa3\x9f\x42\x82\x84webm".to_vec();
        webm.resize(300, 0);
        for (head, name, declared, media_type) in [
            (PNG, "tent.png", "image/png", "image/png"),
            (PNG, "TENT.PNG", "", "image/png"),
            (PNG, "tent", "application/octet-stream", "image/png"),
            (PDF, "invoice.pdf", "application/pdf", "application/pdf"),
            (b"one\ntwo \xc3\xbc", "notes.txt", "text/plain; charset=utf-8", "text/plain"),
            (b"a;b\n1;2", "list.csv", "application/vnd.ms-excel", "text/csv"),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1...", "old.xls", "application/vnd.ms-excel", "application/vnd.ms-excel"),
            (&webm, "voice.weba", "audio/webm;codecs=opus", "video/webm"),
        ] {
            assert_eq!(usual(head, name, declared), Ok(media_type), "{name}");
        }
    }

    #[test]
    fn a_mislabelled_file_is_refused_and_the_reason_says_how() {
        let name = usual(PNG, "invoice.pdf", "application/pdf").expect_err("a picture");
        assert_eq!(name.to_string(), "the file is image/png, and its name says `.pdf`");
        let declared = usual(PNG, "tent.png", "text/html").expect_err("a picture");
        assert_eq!(declared.to_string(), "the file is image/png, and was declared as text/html");
        assert!(usual(b"MZ\x90\0", "tent.png", "image/png").is_err());
        assert!(usual(b"just words", "tent.png", "image/png").is_err());
    }

    #[test]
    fn what_a_browser_or_a_shell_would_run_is_refused_whatever_it_is_called() {
        for (head, name, declared) in [
            (&b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>"[..], "logo.svg", "image/svg+xml"),
            (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "logo.txt", "text/plain"),
            (b"\xef\xbb\xbf <!DOCTYPE html><p>", "page.txt", "text/plain"),
            (b"hello <script>alert(1)</script>", "page.txt", "text/plain"),
            (b"<?xml version='1.0'?><svg/>", "a.txt", ""),
            (b"#!/bin/sh\nrm -rf /", "run.txt", ""),
            (b"\x7fELF\x02\x01\x01\0", "run", ""),
            (b"words", "page.html", "text/html"),
            (b"words", "run.js", "text/javascript"),
            (b"", "empty.txt", "text/plain"),
            (b"\0\x01\x02\x03 nonsense", "a.bin", ""),
        ] {
            assert!(usual(head, name, declared).is_err(), "{name}");
        }
    }

    #[test]
    fn archives_are_taken_only_where_an_inbox_says_so() {
        assert_eq!(usual(ZIP, "all.zip", "application/zip"), Err(Refused::Type));
        assert_eq!(of(ZIP, true, "all.zip", "application/zip", GROUPS), Ok("application/zip"));
        assert!(of(ZIP, true, "all.docx", "", GROUPS).is_err());
    }

    #[test]
    fn a_character_cut_in_two_is_still_text() {
        let text = "ü".repeat(10);
        assert_eq!(of(&text.as_bytes()[..9], false, "a.txt", "", USUAL), Ok("text/plain"));
        assert!(of(&text.as_bytes()[..9], true, "a.txt", "", USUAL).is_err());
    }
}
