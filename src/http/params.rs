//! Query parameters: an unknown or wrong one is 400, so that a misspelled filter never silently shows
//! everything.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use garde::Validate;
use serde::de::{Deserialize, DeserializeOwned, Deserializer};

use super::error::{Error, Result};
use super::{problems, text};

/// The query of a request, read into `T`.
pub struct Params<T>(pub T);

impl<T> FromRequest for Params<T>
where
    T: DeserializeOwned + Validate<Context = ()> + 'static,
{
    type Error = Error;
    type Future = Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(read(request.query_string()).map(Self))
    }
}

fn read<T: DeserializeOwned + Validate<Context = ()>>(query: &str) -> Result<T> {
    let invalid = |detail: String| Error::from(problems::INVALID_QUERY.because(detail));
    let mut clean = url::form_urlencoded::Serializer::new(String::new());
    for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
        let Some(value) = text::cleaned(&value) else {
            return Err(invalid(
                "A parameter contains control characters.".to_owned(),
            ));
        };
        // An empty filter would silently show everything, an empty cursor the first page again.
        if value.is_empty() {
            return Err(invalid(
                "A parameter is empty; leave it out instead.".to_owned(),
            ));
        }
        clean.append_pair(&name, &value);
    }
    let clean = clean.finish();
    let deserializer =
        serde_html_form::Deserializer::new(url::form_urlencoded::parse(clean.as_bytes()));
    let value: T = serde_path_to_error::deserialize(deserializer).map_err(|error| {
        let message = error.inner().to_string();
        if message.starts_with("unknown field") {
            return invalid(match message.rsplit_once(", expected ") {
                Some((_, names)) => {
                    format!(
                        "A parameter is unknown. Known here: {}.",
                        names.replace("one of ", "").replace('`', "")
                    )
                }
                None => "This operation takes no parameters.".to_owned(),
            });
        }
        match error.path().iter().next() {
            Some(serde_path_to_error::Segment::Map { key }) => {
                invalid(format!("The value of the parameter {key} is not valid."))
            }
            _ => invalid("The parameters cannot be read.".to_owned()),
        }
    })?;
    value.validate().map_err(|report| {
        let names: Vec<String> = report.iter().map(|(path, _)| path.to_string()).collect();
        invalid(format!("Out of range: {}.", names.join(", ")))
    })?;
    Ok(value)
}

/// For parameters that may come several times or as a list with commas: `status=a&status=b`, `status=a,b`.
pub fn many<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned,
{
    use serde::de::{Error as _, IntoDeserializer, value};
    let texts = Vec::<String>::deserialize(deserializer)?;
    texts
        .iter()
        .flat_map(|text| text.split(','))
        .map(|word| {
            T::deserialize(IntoDeserializer::<value::Error>::into_deserializer(word))
                .map_err(D::Error::custom)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, serde::Deserialize, Validate)]
    #[serde(deny_unknown_fields)]
    struct Sample {
        #[serde(default, deserialize_with = "many")]
        #[garde(skip)]
        tag: Vec<String>,
        #[garde(range(min = 1, max = 100))]
        limit: Option<u32>,
    }

    #[test]
    fn several_values_come_repeated_or_with_commas() {
        let sample: Sample = read("tag=a&tag=b,c&limit=5").expect("parameters");
        assert_eq!(sample.tag, ["a", "b", "c"]);
        assert_eq!(sample.limit, Some(5));
    }

    #[test]
    fn unknown_wrong_repeated_and_hostile_parameters_are_refused() {
        for query in [
            "x=1",
            "limit=0",
            "limit=9223372036854775808",
            "limit=1&limit=2",
            "tag=%00",
            "limit=",
            "tag=+",
        ] {
            assert!(read::<Sample>(query).is_err(), "{query}");
        }
    }
}
