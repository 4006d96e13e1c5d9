//! The command line as whoever runs a register meets it: the real binary, on both databases.
//!
//! | module | what it shows |
//! |---|---|
//! | `harness` | a register of its own for each test, and the binary |
//! | `pairs` | files and what becomes of them: `tests/imports/NAME.csv` beside `NAME.json` |
//! | `statuses` | exit statuses, dry runs, imports that change nothing, undo |
//! | `encodings` | the same register in every form that a file can have |
//! | `hostile` | bombs, cut files, wrong endings, endless lines |
//! | `notices` | open contracting data: real releases, odd ones |
//! | `merge` | `ocds merge`, which opens no database |
//! | `exports` | every list in every format, and open contracting data out and in again |
//! | `secrets` | where secrets come from |
//! | `skills` | a file of skills in, out, in again and taken back |
//! | `sources` | scheduled sources and mail, for whoever runs the server |
//! | `organisations` | `organisation list` and `show`, backups |

mod encodings;
mod exports;
mod harness;
mod hostile;
mod merge;
mod notices;
mod organisations;
mod pairs;
mod secrets;
mod skills;
mod sources;
mod statuses;
