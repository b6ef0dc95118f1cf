//! Frames on their way to a socket.

use super::FRAME_LIMIT;
use axum::extract::ws::{Message, Utf8Bytes, WebSocket, WebSocketUpgrade};
use baton_core::limits;
use futures_util::SinkExt;
use serde::Serialize;
use tokio::time::timeout;

/// Bytes that wait for each other before they leave: what is ready at once goes out in one write.
const TOGETHER: usize = 8 * 1_024;

/// A socket with bounded buffers: the library's own cost 134 KiB for each idle connection, and an unbounded one for each
/// stalled reader.
pub(super) fn bounded(upgrade: WebSocketUpgrade) -> WebSocketUpgrade {
    upgrade
        .read_buffer_size(4_096)
        .write_buffer_size(TOGETHER)
        .max_write_buffer_size(limits::SOCKET_BUFFER)
        .max_message_size(limits::FRAME_BYTES)
        .max_frame_size(limits::FRAME_BYTES)
}

/// A frame's text.
pub(super) fn text(frame: &impl Serialize) -> Utf8Bytes {
    // Frames are made of texts, numbers and lists, which always have a JSON form.
    serde_json::to_string(frame).unwrap_or_default().into()
}

/// Frames that leave together: few enough that what a slow client has not read yet never fills the buffer.
#[derive(Default)]
pub(super) struct Together {
    waiting: usize,
}

impl Together {
    /// Puts a frame on its way; it leaves with the next [`Self::flush`], or once enough wait. False: the client is gone or
    /// stalled.
    pub(super) async fn put(&mut self, socket: &mut WebSocket, frame: Utf8Bytes) -> bool {
        if self.waiting > 0 && self.waiting + frame.len() > TOGETHER && !self.flush(socket).await {
            return false;
        }
        self.waiting += frame.len();
        matches!(timeout(FRAME_LIMIT, socket.feed(Message::Text(frame))).await, Ok(Ok(())))
    }

    /// All that was put leaves. False: the client is gone or stalled.
    pub(super) async fn flush(&mut self, socket: &mut WebSocket) -> bool {
        self.waiting = 0;
        matches!(timeout(FRAME_LIMIT, socket.flush()).await, Ok(Ok(())))
    }
}

/// Sends a frame at once. False: the client is gone or stalled.
pub(super) async fn send(socket: &mut WebSocket, frame: &impl Serialize) -> bool {
    matches!(timeout(FRAME_LIMIT, socket.send(Message::Text(text(frame)))).await, Ok(Ok(())))
}
