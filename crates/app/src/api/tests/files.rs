//! Files hold what the lists hold; calendars and feeds.

use super::*;
use axum::body::Bytes;
use documents::table::{Limits, Row, TableReader};
use parquet::file::reader::{FileReader as _, SerializedFileReader};

/// A list's rows as each format has them, every cell as text and empty for none.
async fn rows(city: &City, address: &str, ending: &str) -> Vec<Vec<(String, String)>> {
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    let answer = city.get(&format!("{path}.{ending}?{query}")).await;
    assert_eq!(answer.status, StatusCode::OK, "{path}.{ending}");
    let noun = path.rsplit('/').next().unwrap();
    assert_eq!(answer.header("content-disposition"), format!("attachment; filename=\"{noun}.{ending}\""));
    match ending {
        "csv" => {
            let mut reader = csv::Reader::from_reader(answer.body.as_slice());
            let headers = reader.headers().unwrap().clone();
            let row = |row: csv::StringRecord| {
                headers.iter().zip(row.iter()).map(|(name, cell)| (name.to_owned(), cell.to_owned())).collect()
            };
            reader.records().map(|record| row(record.unwrap())).collect()
        }
        "jsonl" => {
            let row = |line: &str| {
                let fields: serde_json::Map<String, Json> = serde_json::from_str(line).unwrap();
                fields.into_iter().map(|(name, value)| (name, plain(&value))).collect()
            };
            answer.text().lines().map(row).collect()
        }
        "xlsx" => {
            let mut table = TableReader::from_bytes("list.xlsx", answer.body, &Limits::default()).unwrap();
            let headers: Vec<String> = table.headers().iter().map(ToString::to_string).collect();
            let mut all = Vec::new();
            let mut row = Row::default();
            while table.read_into(&mut row).unwrap() {
                let mut cells: Vec<String> = row.cells().map(str::to_owned).collect();
                cells.resize(headers.len(), String::new());
                all.push(headers.iter().cloned().zip(cells).collect());
            }
            all
        }
        _ => {
            let reader = SerializedFileReader::new(Bytes::from(answer.body)).unwrap();
            let row = |row: parquet::record::Row| {
                row.get_column_iter()
                    .map(|(name, field)| {
                        let text = match field {
                            parquet::record::Field::Null => String::new(),
                            parquet::record::Field::Str(text) => text.clone(),
                            other => other.to_string(),
                        };
                        (name.clone(), text)
                    })
                    .collect()
            };
            reader.get_row_iter(None).unwrap().map(|found| row(found.unwrap())).collect()
        }
    }
}

fn plain(value: &Json) -> String {
    match value {
        Json::Null => String::new(),
        Json::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// A cell as all formats can agree on it: numbers by their value, yes and no in small letters, spaces as one.
fn agreed(cell: &str) -> String {
    let cell = cell.split_whitespace().collect::<Vec<_>>().join(" ");
    let lower = cell.to_lowercase();
    if lower == "true" || lower == "false" {
        return lower;
    }
    match cell.parse::<f64>() {
        Ok(number) if cell.len() < 16 => format!("{number}"),
        _ => cell.strip_prefix('\'').map(str::to_owned).unwrap_or(cell),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_file_holds_the_rows_of_its_list_in_order() {
    let city = City::new().await;
    for noun in NOUNS {
        let path = format!("/api/v1/{noun}");
        let ids: Vec<String> = city
            .walk(&path, 1000)
            .await
            .iter()
            .map(|one| one["id"].as_str().or(one["slug"].as_str()).unwrap().to_owned())
            .collect();
        let lines = rows(&city, &path, "jsonl").await;
        let id = |row: &Vec<(String, String)>| row[0].1.clone();
        assert_eq!(lines.iter().map(id).collect::<Vec<_>>(), ids, "{noun}");
        for ending in ["csv", "xlsx", "parquet"] {
            let other = rows(&city, &path, ending).await;
            assert_eq!(other.len(), lines.len(), "{noun}.{ending}");
            for (one, two) in lines.iter().zip(&other) {
                for ((name, cell), (column, other)) in one.iter().zip(two) {
                    assert_eq!(name, column, "{noun}.{ending}");
                    let days = ending == "parquet" && cell.len() == 10 && cell.as_bytes()[4] == b'-';
                    assert_eq!(agreed(cell), agreed(&other[..if days { 10 } else { other.len() }]), "{noun}.{ending} {name}");
                }
            }
        }
    }
    let filtered = "/api/v1/contracts?organisation=camden&sort=-value&status=current";
    let wanted: Vec<String> = city.walk(filtered, 1000).await.iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect();
    let found: Vec<String> = rows(&city, filtered, "csv").await.into_iter().map(|row| row[0].1.clone()).collect();
    assert_eq!(found, wanted);
    assert_eq!(rows(&city, &format!("{filtered}&limit=3"), "jsonl").await.len(), 3);
    for refused in ["cursor=a", "facet=supplier", "limit=0", "colour=red"] {
        assert_eq!(city.get(&format!("/api/v1/contracts.csv?{refused}")).await.status, StatusCode::BAD_REQUEST, "{refused}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_calendar_holds_the_days_of_its_contracts() {
    let city = City::new().await;
    let answer = city.get("/api/v1/contracts.ics?organisation=camden").await;
    assert_eq!((answer.status, answer.header("content-type")), (StatusCode::OK, "text/calendar; charset=utf-8"));
    let text = answer.text().replace("\r\n ", "");
    assert!(text.starts_with("BEGIN:VCALENDAR\r\n") && text.ends_with("END:VCALENDAR\r\n"));
    let contracts = city.walk("/api/v1/contracts?organisation=camden", 1000).await;
    let ends: Vec<&Json> =
        contracts.iter().filter(|one| one["status"] != "ended" && !one["last_possible_end"].is_null()).collect();
    assert!(!ends.is_empty());
    for contract in ends {
        let day = contract["last_possible_end"].as_str().unwrap().replace('-', "");
        let uid = format!("UID:{}-last-possible-end-0@127.0.0.1:8080", contract["id"].as_str().unwrap());
        let event = text.split("BEGIN:VEVENT").find(|event| event.contains(&uid)).unwrap_or_else(|| panic!("{uid}"));
        assert!(event.contains(&format!("DTSTART;VALUE=DATE:{day}")), "{event}");
    }
    // Sentences stand on lines of their own.
    for event in text.lines().filter(|line| line.starts_with("DESCRIPTION:")) {
        assert!(!event.contains(".This") && !event.contains(".Supplier") && !event.contains(".From"), "{event}");
    }
    let uids: Vec<&str> = text.lines().filter(|line| line.starts_with("UID:")).collect();
    assert_eq!(uids.iter().collect::<std::collections::BTreeSet<_>>().len(), uids.len());
    assert!(text.contains("Start buying:") && text.contains("From the public register"));
    let id = contracts[0]["id"].as_str().unwrap();
    assert_eq!(city.get(&format!("/api/v1/contracts/{id}.ics")).await.header("content-type"), "text/calendar; charset=utf-8");
    assert_eq!(city.get("/api/v1/contracts/none.ics").await.status, StatusCode::NOT_FOUND);
    let planned = city.get("/api/v1/planned-procurements.ics").await;
    assert!(planned.text().contains("Offers close:"), "{}", planned.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_feed_tells_what_changed_last_and_a_contracts_feed_its_history() {
    let city = City::new().await;
    for path in [
        "/api/v1/contracts.atom?organisation=camden",
        "/api/v1/planned-procurements.atom",
        "/api/v1/systems.atom?organisation=camden",
    ] {
        let answer = city.get(path).await;
        assert_eq!(
            (answer.status, answer.header("content-type")),
            (StatusCode::OK, "application/atom+xml; charset=utf-8"),
            "{path}"
        );
        let entries = answer.text().matches("<entry>").count();
        assert!((1..=50).contains(&entries), "{path}: {entries}");
        let own = format!("http://127.0.0.1:8080{path}");
        assert!(answer.text().contains(&format!("<id>{own}</id>")), "{}", &answer.text()[..600]);
    }
    let id = city.json("/api/v1/contracts?limit=1").await["items"][0]["id"].as_str().unwrap().to_owned();
    let history = city.get(&format!("/api/v1/contracts/{id}.atom")).await;
    assert_eq!(history.text().matches("<entry>").count(), 1, "{}", history.text());
    assert!(history.text().contains("(added)"));
}
