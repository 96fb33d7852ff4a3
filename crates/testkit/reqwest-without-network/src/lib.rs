//! Stands in for the HTTP client `reqwest`, which the evaluator of `dsntk` asks for only to call functions in Java. The
//! tests that compare with that evaluator call none, and the platform takes no client into its lock file for them.
//! It has the few names that the evaluator uses, and every request fails.

/// The client that waits for its answers.
pub mod blocking {
    use crate::Error;
    use serde::Serialize;
    use serde::de::DeserializeOwned;

    /// A client that never connects.
    #[derive(Debug, Default)]
    pub struct Client;

    impl Client {
        /// A client.
        #[must_use]
        pub fn new() -> Self {
            Self
        }

        /// A request that will fail.
        #[must_use]
        pub fn post(&self, _address: &str) -> RequestBuilder {
            RequestBuilder
        }
    }

    /// A request that will fail.
    #[derive(Debug)]
    pub struct RequestBuilder;

    impl RequestBuilder {
        /// The same request: what it would say is of no account.
        #[must_use]
        pub fn json<T: Serialize + ?Sized>(self, _body: &T) -> Self {
            self
        }

        /// Fails.
        ///
        /// # Errors
        /// Always.
        pub fn send(self) -> Result<Response, Error> {
            Err(Error)
        }
    }

    /// An answer, of which there is none.
    #[derive(Debug)]
    pub enum Response {}

    impl Response {
        /// What an answer says.
        ///
        /// # Errors
        /// Never: there is no answer.
        pub fn json<T: DeserializeOwned>(self) -> Result<T, Error> {
            match self {}
        }
    }
}

/// Why every request fails.
#[derive(Debug)]
pub struct Error;

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("no connection is opened here: this is a stand-in for reqwest")
    }
}

impl std::error::Error for Error {}
