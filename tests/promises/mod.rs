//! What the service promises under fault, load and attack: a file a promise.
