//! Reading the shared test data. Tests fail loudly when it is missing.
#![allow(dead_code, reason = "each test file uses a part")]

use std::path::{Path, PathBuf};

use serde_json::Value;

pub fn data(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data").join(name);
    assert!(path.exists(), "test data is missing: {} should stand beside the project, in ../shared/data", path.display());
    path
}

pub fn bytes(name: &str) -> Vec<u8> {
    std::fs::read(data(name)).expect("test data can be read")
}

pub fn json(name: &str) -> Value {
    serde_json::from_slice(&bytes(name)).expect("test data is JSON")
}

pub fn list(name: &str) -> Vec<Value> {
    match json(name) {
        Value::Array(items) => items,
        other => panic!("{name} should be a list, is {other}"),
    }
}
