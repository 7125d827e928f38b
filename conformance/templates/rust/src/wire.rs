//! As much of ZMTP 3.0 (mechanism NULL) as a PULL that listens and a PUSH per peer need.
//!
//!     greeting (64 bytes) | READY command | frames: flags, length (1 or 8 bytes), body

use std::collections::HashMap;
use std::io::{Error, ErrorKind, Read, Result, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

pub const LIMIT_BYTES: u64 = 4 << 20;
const MORE: u8 = 1;
const LONG: u8 = 2;
const COMMAND: u8 = 4;

pub fn listen(port: u16) -> Result<TcpListener> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port))
}

/// Takes connections of PUSH sockets; every message of one frame goes to `take`.
pub fn serve(listener: &TcpListener, take: impl Fn(&[u8]) + Send + Sync + 'static) {
    let take = Arc::new(take);
    for connection in listener.incoming().flatten() {
        let take = Arc::clone(&take);
        // An error is the end of this connection: the other side has gone, or is no ZMTP.
        std::thread::spawn(move || receive(connection, take.as_ref()).ok());
    }
}

fn receive(mut connection: TcpStream, take: &(impl Fn(&[u8]) + ?Sized)) -> Result<()> {
    greet(&mut connection, "PULL")?;
    let mut is_part = false;
    loop {
        let (flags, body) = frame(&mut connection)?;
        if flags & COMMAND != 0 {
            if body.starts_with(b"\x04PING") && body.len() >= 7 {
                connection.write_all(&framed(COMMAND, &[b"\x04PONG", &body[7..]].concat()))?;
            }
            continue;
        }
        if !is_part && flags & MORE == 0 {
            take(&body);
        }
        is_part = flags & MORE != 0;
    }
}

fn greet(connection: &mut TcpStream, kind: &str) -> Result<()> {
    connection.set_nodelay(true)?;
    let mut greeting = [0; 64];
    (greeting[0], greeting[9], greeting[10]) = (0xff, 0x7f, 3);
    greeting[12..16].copy_from_slice(b"NULL");
    let ready = [b"\x05READY\x0bSocket-Type\0\0\0\x04", kind.as_bytes()].concat();
    connection.write_all(&[&greeting[..], &framed(COMMAND, &ready)].concat())?;
    let mut theirs = [0; 64];
    connection.read_exact(&mut theirs)?;
    let (flags, body) = frame(connection)?;
    let wanted: &[u8] = if kind == "PULL" { b"PUSH" } else { b"PULL" };
    let is_right = (theirs[0], theirs[9], &theirs[12..17]) == (0xff, 0x7f, b"NULL\0".as_slice())
        && theirs[10] >= 3
        && flags & COMMAND != 0
        && body.starts_with(b"\x05READY")
        && body.windows(4).any(|window| window == wanted);
    if is_right {
        Ok(())
    } else {
        Err(Error::new(ErrorKind::InvalidData, "not a handshake of the right kind"))
    }
}

fn frame(connection: &mut TcpStream) -> Result<(u8, Vec<u8>)> {
    let mut flags = [0];
    connection.read_exact(&mut flags)?;
    let mut size = [0; 8];
    let at = if flags[0] & LONG != 0 { 0 } else { 7 };
    connection.read_exact(&mut size[at..])?;
    let size = u64::from_be_bytes(size);
    if size > LIMIT_BYTES {
        return Err(Error::new(ErrorKind::InvalidData, "over the limit"));
    }
    let mut body = vec![0; usize::try_from(size).unwrap_or_default()];
    connection.read_exact(&mut body)?;
    Ok((flags[0], body))
}

fn framed(flags: u8, body: &[u8]) -> Vec<u8> {
    match u8::try_from(body.len()) {
        Ok(size) => [&[flags, size], body].concat(),
        Err(_) => [&[flags | LONG], &(body.len() as u64).to_be_bytes()[..], body].concat(),
    }
}

/// One connection per peer, made when it is first needed, and anew when it was lost.
#[derive(Default)]
pub struct Ways(Mutex<HashMap<u16, TcpStream>>);

impl Ways {
    /// Waits for the peer, which is right for level 0 alone: a peer that is not there must hold up nobody (LIFE-1).
    pub fn send(&self, port: u16, body: &[u8]) {
        let Ok(mut ways) = self.0.lock() else { return };
        for _attempt in 0..2 {
            let way = match ways.remove(&port) {
                Some(way) => Ok(way),
                None => connect(port),
            };
            if let Ok(mut way) = way {
                if way.write_all(&framed(0, body)).is_ok() {
                    ways.insert(port, way);
                    return;
                }
            }
        }
    }
}

fn connect(port: u16) -> Result<TcpStream> {
    let mut way = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    greet(&mut way, "PUSH")?;
    Ok(way)
}
