//! Tests of signing in, through the whole router and both databases. Names begin with the number of the security test they are.

mod access;
mod addresses;
mod audit;
mod checks;
mod codes;
mod factors;
mod held;
mod invited;
mod members;
mod names;
mod providers;
mod races;
mod sessions;
mod twice;

use crate::{
    testing::{Answer, Browser, City},
    web::{form::new_command, people::sign_in::flow},
};
use axum::{
    body::Body,
    extract::ConnectInfo,
    http::{Method, Request, header},
};
use domain::people::{Membership, Person, PersonId, Scope};
use std::{cell::RefCell, collections::BTreeMap, net::SocketAddr};

/// A browser that keeps its cookies as browsers do, at a network address.
pub struct Client<'c> {
    city: &'c City,
    jar: RefCell<BTreeMap<String, String>>,
    address: SocketAddr,
    headers: Vec<(&'static str, String)>,
}

impl<'c> Client<'c> {
    /// A browser without cookies.
    pub fn new(city: &'c City) -> Self {
        Self { city, jar: RefCell::default(), address: SocketAddr::from(([192, 0, 2, 7], 4000)), headers: Vec::new() }
    }

    /// The same at another address.
    pub fn at(mut self, address: [u8; 4]) -> Self {
        self.address = SocketAddr::from((address, 4000));
        self
    }

    /// The same, sending a header.
    pub fn sending(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }

    /// A cookie it holds.
    pub fn cookie(&self, name: &str) -> Option<String> {
        self.jar.borrow().get(name).cloned()
    }

    /// Gives it a cookie.
    pub fn set(&self, name: &str, value: &str) {
        self.jar.borrow_mut().insert(name.to_owned(), value.to_owned());
    }

    /// Opens a page.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(Request::get(path).body(Body::empty()).unwrap()).await
    }

    /// Sends a form, with a command id unless it has one.
    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.extend_pairs(fields);
        if fields.iter().all(|(name, _)| *name != "command") {
            form.append_pair("command", &new_command().to_string());
        }
        let request = Request::builder()
            .method(Method::POST)
            .uri(path)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header("sec-fetch-site", "same-origin")
            .body(Body::from(form.finish()))
            .unwrap();
        self.send(request).await
    }

    /// Sends a request as it is.
    pub async fn send(&self, mut request: Request<Body>) -> Answer {
        request.extensions_mut().insert(ConnectInfo(self.address));
        for (name, value) in &self.headers {
            request.headers_mut().insert(*name, value.parse().unwrap());
        }
        let cookies: Vec<String> = self.jar.borrow().iter().map(|(name, value)| format!("{name}={value}")).collect();
        let answer = self.city.send(&Browser { cookies: cookies.join("; "), person: None }, request).await;
        for value in answer.headers.get_all(header::SET_COOKIE) {
            let text = value.to_str().unwrap();
            let (name, rest) = text.split_once('=').unwrap();
            let kept = rest.split(';').next().unwrap_or_default();
            if text.contains("Max-Age=0") {
                self.jar.borrow_mut().remove(name);
            } else {
                self.jar.borrow_mut().insert(name.to_owned(), kept.to_owned());
            }
        }
        answer
    }

    /// Signs in with a code, and says where that led.
    pub async fn sign_in(&self, email: &str) -> String {
        self.post("/sign-in", &[("email", email)]).await;
        let code = code(self.city, email).await.expect("a code was sent");
        self.post("/sign-in/code", &[("code", &code)]).await.location().to_owned()
    }
}

/// The latest message to an address: subject and text.
pub async fn mail(city: &City, address: &str) -> Option<(String, String)> {
    city.store().last_mail(&Scope::Operator, address).await.unwrap()
}

/// The latest code that was sent to an address.
pub async fn code(city: &City, address: &str) -> Option<String> {
    let (subject, _) = mail(city, address).await?;
    let digits: String = subject.chars().take_while(char::is_ascii_digit).collect();
    (digits.len() == 8).then_some(digits)
}

/// A person's address.
pub async fn email(city: &City, person: PersonId) -> String {
    let found: Person = city.store().get(&Scope::Operator, person.0).await.unwrap().unwrap();
    found.email.unwrap()
}

/// A person's first place.
pub async fn place(city: &City, person: PersonId) -> Membership {
    let places: Vec<Membership> = city.store().by(&Scope::Operator, "person_id", person.0.to_string()).await.unwrap();
    places.into_iter().next().unwrap()
}

/// The name of the cookie of a browser that is signing in.
pub const FLOW: &str = flow::COOKIE;

/// What a page says, in one line.
pub fn said(answer: &Answer) -> String {
    answer.page().root_element().text().flat_map(str::split_whitespace).collect::<Vec<_>>().join(" ")
}
