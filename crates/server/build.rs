//! The pages are embedded from `web/dist`: build again when that folder changes.

fn main() {
    println!("cargo:rerun-if-changed=../../web/dist");
    println!("cargo:rerun-if-changed=../../docs/errors");
}
