//! The JSON Schemas of a contract, made from its wire types and committed under `docs/schemas/`.

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::Value;

/// The schema of what Baton writes.
pub fn written<T: JsonSchema>(title: &str) -> Value {
    titled(SchemaSettings::draft2020_12().for_serialize().into_generator().into_root_schema_for::<T>(), title)
}

/// The schema of what Baton reads.
pub fn taken<T: JsonSchema>(title: &str) -> Value {
    titled(SchemaSettings::draft2020_12().for_deserialize().into_generator().into_root_schema_for::<T>(), title)
}

fn titled(mut schema: schemars::Schema, title: &str) -> Value {
    schema.insert("title".to_owned(), Value::from(title));
    schema.to_value()
}
