//! Objects are objects: reads a JSON document without taking an array for the members of a struct.
//!
//! Serde's derived structs accept a sequence of their members as well. In JSON that would mean that
//! `[24, 30, "monday", false]` passes for preferences, which no schema says. And a whole number may be
//! written `24.0`, as JSON Schema has it and as clients do that know only one kind of number.

use serde::de::value::{MapDeserializer, SeqDeserializer};
use serde::de::{Deserializer, Error as _, IntoDeserializer, Unexpected, Visitor};
use serde::forward_to_deserialize_any;
use serde_json::{Error, Value};

/// A part of a document, for serde.
#[derive(Clone, Copy)]
pub struct Strict<'de>(pub &'de Value);

/// The whole numbers up to here are exact when written with a point.
const EXACT: f64 = 9_007_199_254_740_991.0;

impl<'de> Strict<'de> {
    fn whole_number<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let written_with_point = self.0.as_f64().filter(|_| self.0.is_f64());
        match written_with_point.filter(|number| number.fract() == 0.0 && number.abs() <= EXACT) {
            Some(number) => visitor.visit_i64(number as i64),
            None => self.deserialize_any(visitor),
        }
    }
}

/// Reads each kind of whole number by the same rule.
macro_rules! whole_numbers {
    ($($method:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            self.whole_number(visitor)
        }
    )*};
}

impl<'de> Deserializer<'de> for Strict<'de> {
    type Error = Error;

    whole_numbers! {
        deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.0 {
            Value::Array(items) => {
                let mut items = SeqDeserializer::new(items.iter().map(Strict));
                let value = visitor.visit_seq(&mut items)?;
                items.end()?;
                Ok(value)
            }
            Value::Object(members) => {
                let members = members
                    .iter()
                    .map(|(name, member)| (name.as_str(), Strict(member)));
                let mut members = MapDeserializer::new(members);
                let value = visitor.visit_map(&mut members)?;
                members.end()?;
                Ok(value)
            }
            plain => plain.deserialize_any(visitor),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        match self.0 {
            Value::Array(_) => {
                let expected = format!("struct {name}");
                Err(Error::invalid_type(Unexpected::Seq, &expected.as_str()))
            }
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.0 {
            Value::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.0.deserialize_enum(name, variants, visitor)
    }

    forward_to_deserialize_any! {
        bool i128 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple tuple_struct
        map identifier ignored_any
    }
}

impl<'de> IntoDeserializer<'de, Error> for Strict<'de> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use serde_json::json;

    use super::*;

    #[derive(Debug, PartialEq, Deserialize)]
    struct Inner {
        a: i32,
        b: Option<String>,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    struct Outer {
        one: Inner,
        many: Vec<Inner>,
        maybe: Option<Inner>,
        raw: Value,
    }

    fn read(document: &Value) -> Result<Outer, Error> {
        Outer::deserialize(Strict(document))
    }

    #[test]
    fn objects_are_read_at_every_depth() {
        let document = json!({"one": {"a": 1, "b": "x"}, "many": [{"a": 2}], "maybe": null, "raw": [1, {"k": 1.5}]});
        let inner = |a, b: Option<&str>| Inner {
            a,
            b: b.map(str::to_owned),
        };
        let expected = Outer {
            one: inner(1, Some("x")),
            many: vec![inner(2, None)],
            maybe: None,
            raw: json!([1, {"k": 1.5}]),
        };
        assert_eq!(read(&document).expect("it is read"), expected);
    }

    #[test]
    fn a_whole_number_may_be_written_with_a_point() {
        let read = |value: Value| i32::deserialize(Strict(&value)).ok();
        assert_eq!(read(json!(24.0)), Some(24));
        assert_eq!(read(json!(-3e2)), Some(-300));
        for number in [json!(24.5), json!(1e300), json!(3e9), json!("24")] {
            assert_eq!(read(number.clone()), None, "{number}");
        }
        assert_eq!(
            u64::deserialize(Strict(&json!(-1.0))).ok(),
            None,
            "below zero"
        );
        assert_eq!(f64::deserialize(Strict(&json!(24.0))).ok(), Some(24.0));
    }

    #[test]
    fn an_array_is_no_object_at_any_depth() {
        for (name, value) in [
            ("one", json!([1, "x"])),
            ("many", json!([[2, null]])),
            ("maybe", json!([3, null])),
        ] {
            let mut document = json!({"one": {"a": 1}, "many": [], "maybe": null, "raw": 0});
            document[name] = value;
            let error = read(&document).expect_err("it is refused");
            assert!(error.to_string().contains("struct Inner"), "{error}");
        }
        assert!(read(&json!([{"a": 1}, [], null, 0])).is_err());
    }
}
