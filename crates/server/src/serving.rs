//! Takes connections and hands their requests to the router. What a connection may do before it has asked for anything is bounded
//! here: who sends the head of a request a byte at a time, or without end, holds no connection for long (security test S48).

use crate::Later;
use axum::{
    Router,
    body::Body,
    extract::{ConnectInfo, Request},
    serve::Listener,
};
use hyper::{body::Incoming, server::conn::http1};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use std::{net::SocketAddr, pin::pin, time::Duration};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::watch,
};
use tower::util::MapRequest;

/// What the head of a request may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Heads {
    /// Within how long it must have come whole; a connection on which nothing is asked for so long is closed, too.
    pub within: Duration,
    /// The most bytes, with the address.
    pub bytes: usize,
    /// The most headers.
    pub lines: usize,
}

impl Default for Heads {
    fn default() -> Self {
        Self { within: Duration::from_secs(30), bytes: 32 * 1024, lines: 100 }
    }
}

/// Serves until `stop` is over; requests under way are finished.
pub fn serve(listener: TcpListener, router: Router, heads: Heads, stop: Later<'static, ()>) -> Later<'static, ()> {
    Box::pin(accept(listener, router, heads, stop))
}

async fn accept(mut listener: TcpListener, router: Router, heads: Heads, mut stop: Later<'static, ()>) {
    let (stopping, stopped) = watch::channel(());
    loop {
        let (stream, peer) = tokio::select! {
            // Waits by itself where there are no more connections to be had.
            taken = Listener::accept(&mut listener) => taken,
            () = stop.as_mut() => break,
        };
        tokio::spawn(connection(stream, peer, router.clone(), heads, stopped.clone()));
    }
    drop((listener, stopped));
    let _ = stopping.send(());
    // Each connection holds a receiver until it has ended.
    stopping.closed().await;
}

async fn connection(stream: TcpStream, peer: SocketAddr, router: Router, heads: Heads, mut stopped: watch::Receiver<()>) {
    let service = MapRequest::new(router, move |mut request: hyper::Request<Incoming>| -> Request {
        request.extensions_mut().insert(ConnectInfo(peer));
        request.map(Body::new)
    });
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(heads.within).max_header_size(heads.bytes).max_headers(heads.lines);
    let mut connection = pin!(builder.serve_connection(TokioIo::new(stream), TowerToHyperService::new(service)));
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        _ = stopped.changed() => {
            connection.as_mut().graceful_shutdown();
            connection.as_mut().await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection ended before its time");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::routing::get;
    use std::time::Instant;
    use tokio::{
        io::{AsyncReadExt as _, AsyncWriteExt as _},
        sync::oneshot,
    };

    struct Server {
        address: SocketAddr,
        stop: oneshot::Sender<()>,
        ended: tokio::task::JoinHandle<()>,
    }

    async fn server() -> Server {
        let router = Router::new()
            .route("/who", get(|ConnectInfo(peer): ConnectInfo<SocketAddr>| async move { peer.ip().to_string() }))
            .route(
                "/slow",
                get(|| async {
                    tokio::time::sleep(Duration::from_millis(400)).await;
                    "finished"
                }),
            );
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel();
        let heads = Heads { within: Duration::from_millis(700), ..Heads::default() };
        let stop_asked = Box::pin(async {
            let _ = stopped.await;
        });
        let ended = tokio::spawn(serve(listener, router, heads, stop_asked));
        Server { address, stop, ended }
    }

    /// Everything that comes back until the server closes.
    async fn answer(stream: &mut TcpStream) -> String {
        let mut text = Vec::new();
        // A connection that is reset says no more either.
        let _ = stream.read_to_end(&mut text).await;
        String::from_utf8_lossy(&text).into_owned()
    }

    #[tokio::test]
    async fn s48_a_head_that_comes_a_byte_at_a_time_holds_no_connection() {
        let server = server().await;
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        let begun = Instant::now();
        let mut closed = false;
        for byte in b"GET /who HTTP/1.1\r\nHost: a\r\nX-Slow: ".iter().chain(std::iter::repeat_n(&b'a', 200)) {
            if stream.write_all(&[*byte]).await.is_err() {
                closed = true;
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
            // Whoever goes on writing is told by a read that ends.
            if let Ok(Ok(0) | Err(_)) = tokio::time::timeout(Duration::from_millis(1), stream.read(&mut [0; 64])).await {
                closed = true;
                break;
            }
        }
        assert!(closed && begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
        // Who asks in one go is answered meanwhile, and told apart by their address.
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        stream.write_all(b"GET /who HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").await.unwrap();
        assert!(answer(&mut stream).await.ends_with("127.0.0.1"));
    }

    #[tokio::test]
    async fn s48_a_head_of_too_many_bytes_or_headers_is_refused() {
        let server = server().await;
        let long = format!("X-Long: {}\r\n", "a".repeat(40 * 1024));
        let many: String = (0..150).map(|number| format!("X-{number}: a\r\n")).collect();
        let fits: String = (0..50).map(|number| format!("X-{number}: {}\r\n", "a".repeat(200))).collect();
        for (headers, status) in [(long, "431"), (many, "431"), (fits, "200")] {
            let mut stream = TcpStream::connect(server.address).await.unwrap();
            let request = format!("GET /who HTTP/1.1\r\nHost: a\r\nConnection: close\r\n{headers}\r\n");
            let _ = stream.write_all(request.as_bytes()).await;
            let text = answer(&mut stream).await;
            assert!(text.starts_with(&format!("HTTP/1.1 {status}")), "{}: {text}", headers.len());
        }
    }

    #[tokio::test]
    async fn what_is_under_way_is_finished_before_the_server_stops() {
        let server = server().await;
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        stream.write_all(b"GET /slow HTTP/1.1\r\nHost: a\r\n\r\n").await.unwrap();
        tokio::time::sleep(Duration::from_millis(100)).await;
        server.stop.send(()).unwrap();
        assert!(answer(&mut stream).await.ends_with("finished"));
        server.ended.await.unwrap();
        assert!(TcpStream::connect(server.address).await.is_err());
    }
}
