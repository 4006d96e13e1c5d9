//! HTML, as the CNIL's editor writes it, to plain text.
//!
//! Nothing is interpreted: tags become line ends or nothing, what scripts and styles hold goes, references become characters.
//! What comes out is text like any other, and is escaped wherever it is shown. The original stays in the source.

/// The text of a piece of HTML: paragraphs, list items and breaks on lines of their own, list items with a bullet, no more than
/// one empty line between. Text without tags or references comes out as it is, less white space at the ends.
#[must_use]
pub fn text(html: &str) -> String {
    let mut out = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        push(&mut out, &rest[..at]);
        rest = &rest[at..];
        match tag(rest) {
            Some((name, after)) => {
                rest = after;
                match name.trim_start_matches('/') {
                    // What they hold is no text. Without an end, it goes on to the end.
                    "script" | "style" | "template" if !name.starts_with('/') => rest = past(rest, &name),
                    "li" if !name.starts_with('/') => {
                        line(&mut out);
                        out.push_str("• ");
                    }
                    "br" | "p" | "div" | "li" | "ul" | "ol" | "tr" | "table" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6"
                    | "blockquote" | "hr" | "pre" => line(&mut out),
                    "td" | "th" if name.starts_with('/') => push(&mut out, " "),
                    _ => {}
                }
            }
            // A less-than sign that begins no tag.
            None => {
                out.push('<');
                rest = &rest[1..];
            }
        }
    }
    push(&mut out, rest);
    tidy(&out)
}

/// Whether [`text`] would change more than white space at the ends.
#[must_use]
pub fn is_markup(value: &str) -> bool {
    text(value) != value.trim()
}

/// The name of the tag or comment at the beginning (with its slash), and what follows it.
fn tag(text: &str) -> Option<(String, &str)> {
    if let Some(comment) = text.strip_prefix("<!--") {
        return Some((String::new(), comment.split_once("-->").map_or("", |(_, after)| after)));
    }
    let inside = &text[1..];
    let name: String = inside
        .char_indices()
        .take_while(|(at, c)| c.is_ascii_alphanumeric() || (*at == 0 && matches!(c, '/' | '!' | '?')))
        .map(|(_, c)| c.to_ascii_lowercase())
        .collect();
    let begins = name.trim_start_matches(['/', '!', '?']).starts_with(|c: char| c.is_ascii_alphabetic());
    if !begins {
        return None;
    }
    let mut quote = None;
    for (at, c) in inside.char_indices() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(c),
            (None, '>') => return Some((name, &inside[at + 1..])),
            (None, _) => {}
        }
    }
    // A tag without an end: a quote that never closes must not swallow the text, so the nearest '>' ends it, if there is one.
    inside.split_once('>').map(|(_, after)| (name, after))
}

/// What follows the end tag of an element.
fn past<'a>(text: &'a str, name: &str) -> &'a str {
    let lower = text.to_ascii_lowercase();
    let Some(at) = lower.find(&format!("</{name}")) else { return "" };
    text[at..].split_once('>').map_or("", |(_, after)| after)
}

/// Adds text with its references resolved.
fn push(out: &mut String, raw: &str) {
    let mut rest = raw;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        match reference(rest) {
            Some((c, length)) => {
                out.push(c);
                rest = &rest[length..];
            }
            None => {
                out.push('&');
                rest = &rest[1..];
            }
        }
    }
    out.push_str(rest);
}

/// The character that the reference at the beginning stands for, and the reference's length.
fn reference(text: &str) -> Option<(char, usize)> {
    let end = text.char_indices().take(12).find(|(_, c)| *c == ';').map(|(at, _)| at)?;
    let name = &text[1..end];
    let number = |digits: &str, radix| u32::from_str_radix(digits, radix).ok().and_then(char::from_u32);
    let c = match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => '\u{a0}',
        "eacute" => 'é',
        "egrave" => 'è',
        "ecirc" => 'ê',
        "agrave" => 'à',
        "acirc" => 'â',
        "ccedil" => 'ç',
        "ocirc" => 'ô',
        "ucirc" => 'û',
        "ugrave" => 'ù',
        "icirc" => 'î',
        "iuml" => 'ï',
        "euml" => 'ë',
        "Eacute" => 'É',
        "Agrave" => 'À',
        "rsquo" => '’',
        "lsquo" => '‘',
        "rdquo" => '”',
        "ldquo" => '“',
        "laquo" => '«',
        "raquo" => '»',
        "ndash" => '–',
        "mdash" => '—',
        "hellip" => '…',
        "bull" => '•',
        "euro" => '€',
        "pound" => '£',
        "sect" => '§',
        "deg" => '°',
        name => match name.strip_prefix('#')? {
            hex if hex.starts_with(['x', 'X']) => number(&hex[1..], 16)?,
            decimal => number(decimal, 10)?,
        },
    };
    Some((c, end + 1))
}

fn line(out: &mut String) {
    out.push('\n');
}

/// Lines without white space at their ends, at most one empty line together, none at the ends.
fn tidy(text: &str) -> String {
    let mut out: Vec<&str> = Vec::new();
    for line in text.split(['\n', '\r']) {
        let line = line.trim_matches([' ', '\t', '\u{a0}']);
        if line.is_empty() && out.last().is_none_or(|last| last.is_empty()) {
            continue;
        }
        out.push(line);
    }
    out.join("\n").trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn paragraphs_lists_and_breaks_become_lines() {
        assert_eq!(
            text(r#"<p style="color: red">One&nbsp;&amp; two</p><p>Three<br/>four</p><ul><li>a</li><li>b &lt;c&gt;</li></ul>"#),
            "One\u{a0}& two\n\nThree\nfour\n\n• a\n\n• b <c>"
        );
        assert_eq!(text("  plain text "), "plain text");
        assert!(is_markup("<p>x</p>") && is_markup("a &eacute;") && !is_markup(" plain "));
    }

    #[test]
    fn scripts_styles_and_comments_leave_nothing() {
        assert_eq!(text("a<script>alert(1)</script>b<STYLE>p{}</STYLE>c<!-- d -->e<img src=x onerror='f>g'>h"), "abceh");
        assert_eq!(text("a<script>never ends"), "a");
    }

    #[test]
    fn a_sign_that_is_no_tag_stays() {
        assert_eq!(text("1 < 2 & 3 > 2 &unknown; &#xFFFFFF; <3"), "1 < 2 & 3 > 2 &unknown; &#xFFFFFF; <3");
        assert_eq!(text("x <a href=\"unclosed>y"), "x y");
    }

    proptest! {
        #[test]
        fn any_html_is_read(html in "[<>/!&;#a-z\"' =\\n-]{0,80}") {
            let once = text(&html);
            prop_assert!(!once.contains("<script>") || html.contains("&lt"));
        }

        #[test]
        fn text_without_markup_stays(plain in "[a-zA-Z0-9 .,é£]{0,60}") {
            let read = text(&plain);
            prop_assert_eq!(read, plain.trim());
        }
    }
}
