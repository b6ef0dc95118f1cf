//! The floor of `echo`: bytes come back as they came, over TCP alone.

use tokio::io::{AsyncReadExt, AsyncWriteExt};

pub(super) async fn run() -> anyhow::Result<()> {
    let listener = super::listen()?;
    super::ready(&listener)?;
    loop {
        let (mut socket, _) = listener.accept().await?;
        socket.set_nodelay(true)?;
        #[expect(clippy::disallowed_methods, reason = "a floor has no runtime of the hub's")]
        tokio::spawn(async move {
            let mut bytes = [0; 1_024];
            while let Ok(count @ 1..) = socket.read(&mut bytes).await {
                if socket.write_all(&bytes[..count]).await.is_err() {
                    return;
                }
            }
        });
    }
}
