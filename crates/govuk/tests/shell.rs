//! The page shell: its landmarks, its one inline script, and what it leaves out.

use govuk::{Alternate, Frame, Link, NavItem};
use minijinja::context;
use scraper::{Html, Selector};
use sha2::{Digest, Sha256};

const PAGE: &str =
    "{% extends \"shell.html\" %}{% block content %}<h1 class=\"govuk-heading-l\">{{ frame.title }}</h1>{% endblock %}";

fn full_frame() -> Frame {
    let mut frame = Frame::new("Contracts & systems");
    frame.description = Some("What runs what.".into());
    frame.nav = vec![NavItem::new("contracts", "Contracts", "/contracts"), NavItem::new("systems", "Systems", "/systems")];
    frame.account = vec![NavItem::new("sign-in", "Sign in", "/sign-in")];
    frame.section = Some("systems".into());
    frame.at_section = true;
    frame.illustrative = true;
    frame.breadcrumbs = vec![Link::new("Home", "/")];
    frame.as_at = Some("23 November 2026".into());
    frame.canonical = Some("https://example.org/systems".into());
    frame.alternates =
        vec![Alternate { href: "/systems.json".into(), content_type: "application/json".into(), title: "JSON".into() }];
    frame
}

fn render(page: &str, frame: &Frame) -> String {
    let env = govuk::environment(|_| None).expect("the embedded templates parse");
    env.render_named_str("page.html", page, context! { frame => govuk::value(frame) }).expect("the page renders")
}

fn texts(html: &Html, selector: &str) -> Vec<String> {
    let selector = Selector::parse(selector).expect("a selector");
    html.select(&selector)
        .map(|found| found.text().collect::<String>().split_whitespace().collect::<Vec<_>>().join(" "))
        .collect()
}

fn count(html: &Html, selector: &str) -> usize {
    texts(html, selector).len()
}

#[test]
fn a_page_has_its_landmarks_once_and_one_heading() {
    let made = render(PAGE, &full_frame());
    let html = Html::parse_document(&made);
    assert!(made.starts_with("<!DOCTYPE html>"), "nothing stands before the doctype");
    for once in [
        "h1",
        "main#main-content",
        "body > header",
        "body > footer",
        "a.govuk-skip-link[href='#main-content']",
        "title",
        "html[lang='en-GB']",
    ] {
        assert_eq!(count(&html, once), 1, "{once}");
    }
    assert_eq!(texts(&html, "title"), ["Contracts & systems – City Tools"]);
    assert_eq!(texts(&html, "[aria-current='page']"), ["Systems"]);
    assert_eq!(texts(&html, "header .govuk-phase-banner strong"), ["Illustrative data"]);
    assert_eq!(texts(&html, ".govuk-breadcrumbs a"), ["Home"]);
    assert_eq!(count(&html, "link[rel='alternate'][type='application/json'][href='/systems.json']"), 1);
    assert_eq!(count(&html, "link[rel='canonical']"), 1);
    assert_eq!(texts(&html, "footer li").len(), 6);
    assert!(texts(&html, "footer p").iter().any(|line| line.contains("23 November 2026")));
}

#[test]
fn a_bare_page_leaves_out_what_it_does_not_have() {
    let html = Html::parse_document(&render(PAGE, &Frame::new("")));
    for none in
        [".ct-notice", ".govuk-breadcrumbs", ".govuk-back-link", "nav", "link[rel='alternate']", "meta[name='description']"]
    {
        assert_eq!(count(&html, none), 0, "{none}");
    }
    assert_eq!(texts(&html, "title"), ["City Tools"]);
}

#[test]
fn a_page_below_its_section_is_marked_as_within_it() {
    let mut frame = full_frame();
    frame.at_section = false;
    let html = Html::parse_document(&render(PAGE, &frame));
    assert_eq!(texts(&html, "[aria-current='true']"), ["Systems"]);
}

#[test]
fn a_form_that_came_back_says_so_in_its_title() {
    let mut frame = Frame::new("Sign in");
    frame.error = true;
    let html = Html::parse_document(&render(PAGE, &frame));
    assert_eq!(texts(&html, "title"), ["Error: Sign in – City Tools"]);
}

#[test]
fn blocks_put_their_text_in_its_place() {
    let page = "{% extends \"shell.html\" %}{% block masthead %}<div class=\"ct-masthead\"><h1>See</h1></div>{% endblock %}\
                {% block illustrative_words %}All of it is <b>made up</b>.{% endblock %}\
                {% block before_content %}<a href=\"/up\">Up</a>{% endblock %}";
    let html = Html::parse_document(&render(page, &full_frame()));
    assert_eq!(texts(&html, "main > .ct-masthead h1"), ["See"]);
    assert_eq!(texts(&html, ".govuk-phase-banner__text"), ["All of it is made up."]);
    assert_eq!(texts(&html, ".govuk-phase-banner__text b"), ["made up"]);
    assert_eq!(texts(&html, "body > .govuk-width-container > a[href='/up']"), ["Up"]);
    assert_eq!(count(&html, ".govuk-breadcrumbs"), 0);
}

#[test]
fn what_a_title_holds_is_escaped() {
    let made = render(PAGE, &Frame::new("<script>alert(1)</script>"));
    assert!(!made.contains("<script>alert"));
}

#[test]
fn the_one_inline_script_is_the_one_the_policy_admits() {
    let html = Html::parse_document(&render(PAGE, &full_frame()));
    let selector = Selector::parse("script:not([src])").expect("a selector");
    let scripts: Vec<String> = html.select(&selector).map(|script| script.text().collect()).collect();
    assert_eq!(scripts.len(), 1);
    assert_eq!(format!("sha256-{}", base64(&Sha256::digest(&scripts[0]))), govuk::CSP_SCRIPT_HASH);
}

#[test]
fn the_shell_has_no_inline_style_or_event_attribute() {
    let html = Html::parse_document(&render(PAGE, &full_frame()));
    assert_eq!(count(&html, "[style], style, [onclick], [onload]"), 0);
}

#[test]
fn an_unknown_asset_is_an_error_and_not_a_broken_link() {
    let env = govuk::environment(|_| None).expect("the embedded templates parse");
    assert!(env.render_named_str("page.html", "{{ asset('nothing.css') }}", ()).is_err());
}

/// RFC 4648, for the one place that needs it.
fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let group = chunk.iter().fold(0_u32, |sum, byte| sum << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for place in 0..4 {
            let digit = (group >> (18 - 6 * place)) & 63;
            text.push(if place > chunk.len() { '=' } else { char::from(DIGITS[digit as usize]) });
        }
    }
    text
}
