//! What may be wrong with a provider.

macro_rules! lies {
    ($($(#[$doc:meta])* $variant:ident = $name:literal,)*) => {
        /// What is wrong.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Lie {
            $($(#[$doc])* $variant,)*
        }

        impl Lie {
            /// All there are.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// Its name, for commands.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }
        }
    };
}

lies! {
    /// Nothing.
    None = "none",
    /// The description is that of another issuer.
    DiscoveryIssuer = "discovery-issuer",
    /// The description sends codes to another machine, unencrypted.
    DiscoveryAddress = "discovery-address",
    /// The description answers 500.
    DiscoveryFails = "discovery-fails",
    /// The person says no.
    Denied = "denied",
    /// The browser brings back the name of another issuer.
    RedirectIssuer = "redirect-issuer",
    /// The answer to a code is 500.
    TokenFails = "token-fails",
    /// There is no answer to a code.
    TokenHangs = "token-hangs",
    /// The answer to a code has two million bytes.
    TokenHuge = "token-huge",
    /// The answer to a code sends elsewhere.
    TokenRedirects = "token-redirects",
    /// The answer to a code is a page.
    TokenPage = "token-page",
    /// The access token fits in no header.
    AccessTokenStrange = "access-token-strange",
    /// The ID token has expired two minutes ago.
    IdTokenExpired = "id-token-expired",
    /// The ID token is of two minutes later.
    IdTokenEarly = "id-token-early",
    /// The ID token is signed by another key under the same name.
    IdTokenForged = "id-token-forged",
    /// The ID token is signed by a key that is not published.
    IdTokenUnknownKey = "id-token-unknown-key",
    /// The ID token says something else than what was signed.
    IdTokenChanged = "id-token-changed",
    /// The ID token is of another sign-in.
    IdTokenNonce = "id-token-nonce",
    /// The ID token is of no sign-in.
    IdTokenNoNonce = "id-token-no-nonce",
    /// The ID token is of another issuer.
    IdTokenIssuer = "id-token-issuer",
    /// The ID token is for another program.
    IdTokenAudience = "id-token-audience",
    /// The ID token is for another program too.
    IdTokenAudiences = "id-token-audiences",
    /// The ID token was given to another program.
    IdTokenAuthorizedParty = "id-token-authorized-party",
    /// The ID token is about nobody.
    IdTokenNoSubject = "id-token-no-subject",
    /// The ID token is not signed.
    IdTokenAlgNone = "id-token-alg-none",
    /// The ID token is signed with the public key as a shared secret.
    IdTokenPublicSecret = "id-token-public-secret",
    /// The ID token is signed with the secret of the client.
    IdTokenClientSecret = "id-token-client-secret",
    /// User information answers 403.
    UserinfoFails = "userinfo-fails",
    /// User information is about somebody else.
    UserinfoSubject = "userinfo-subject",
    /// User information is not signed.
    UserinfoPlain = "userinfo-plain",
    /// User information is not signed, and about somebody else.
    UserinfoPlainSubject = "userinfo-plain-subject",
    /// User information is a token without a signature.
    UserinfoAlgNone = "userinfo-alg-none",
    /// User information is signed by another key under the same name.
    UserinfoForged = "userinfo-forged",
    /// User information is of another issuer.
    UserinfoIssuer = "userinfo-issuer",
    /// User information is for another program.
    UserinfoAudience = "userinfo-audience",
    /// User information has expired two minutes ago.
    UserinfoExpired = "userinfo-expired",
}

impl Lie {
    /// By its name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|lie| lie.name() == name)
    }
}
