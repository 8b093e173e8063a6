//! The provider itself.

use crate::{
    Algorithm, Lie,
    http::{self, Answer, Request},
    sign::{self, Key},
};
use data_encoding::{BASE64, BASE64URL_NOPAD};
use ring::{
    digest::{SHA256, digest},
    rand::{SecureRandom, SystemRandom},
};
use serde_json::{Value, json};
use std::{
    collections::HashMap,
    io,
    net::{SocketAddr, TcpListener},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};
use url::Url;

/// The only program that it knows.
pub const CLIENT: &str = "beffroi";
/// The secret of that program; with signs that forms write otherwise.
pub const SECRET: &str = "secret & +épreuve";

const CODE_LIVES: Duration = Duration::from_secs(30);
const ACCESS_LIVES: Duration = Duration::from_secs(60);

/// Whom it signs in: a claim without a value is not told.
#[derive(Debug, Clone)]
pub struct Person {
    /// `sub`.
    pub subject: String,
    /// `email`.
    pub email: String,
    /// `given_name`.
    pub given_name: String,
    /// `usual_name`.
    pub usual_name: String,
    /// `siret`.
    pub siret: String,
}

impl Default for Person {
    fn default() -> Self {
        Self {
            subject: "704e024229015d2bd47f7a5e5ab05b35".to_owned(),
            email: "claire.audouin@clairval.example".to_owned(),
            given_name: "Claire".to_owned(),
            usual_name: "Audouin".to_owned(),
            siret: "21990001200018".to_owned(),
        }
    }
}

/// A provider on a free port of this machine, as long as the process lives.
pub struct TestProvider {
    address: SocketAddr,
    shared: Arc<Mutex<State>>,
}

struct State {
    issuer: String,
    algorithm: Algorithm,
    key: Key,
    keys_made: u32,
    lie: Lie,
    person: Person,
    /// Seconds since 1970, if the clock is stopped.
    clock: Option<i64>,
    proof_keys: bool,
    secret_in_form: bool,
    codes: HashMap<String, Code>,
    /// Access tokens, and when they were given.
    access: HashMap<String, Instant>,
    asked: HashMap<String, usize>,
}

struct Code {
    at: Instant,
    redirect: String,
    nonce: String,
    challenge: Option<String>,
}

impl TestProvider {
    /// Starts one that signs with RS256.
    ///
    /// # Errors
    /// No port is free.
    pub fn start() -> io::Result<Self> {
        Self::signing(Algorithm::Rs256)
    }

    /// Starts one that signs as told.
    ///
    /// # Errors
    /// No port is free.
    pub fn signing(algorithm: Algorithm) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Mutex::new(State::new(
            format!("http://{address}/api/v2"),
            algorithm,
        )));
        let served = Arc::clone(&shared);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let shared = Arc::clone(&served);
                thread::spawn(move || {
                    if let Some(request) = http::read(&stream) {
                        let answer = lock(&shared).answer(&request);
                        http::write(&stream, answer);
                    }
                });
            }
        });
        Ok(Self { address, shared })
    }

    /// The issuer to declare.
    #[must_use]
    pub fn issuer(&self) -> String {
        self.state().issuer.clone()
    }

    /// The port.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Lies from now on, in one way.
    pub fn lie(&self, lie: Lie) {
        self.state().lie = lie;
    }

    /// Signs in another person from now on.
    pub fn sign_in(&self, person: Person) {
        self.state().person = person;
    }

    /// Forgets its key and makes another.
    pub fn rotate(&self) {
        self.state().rotate();
    }

    /// Stops its clock (seconds since 1970) for what it writes, or lets it go.
    pub fn clock(&self, at: Option<i64>) {
        self.state().clock = at;
    }

    /// Whether it knows proof keys; if not, their parameters are errors. It does, unless told.
    pub fn proof_keys(&self, known: bool) {
        self.state().proof_keys = known;
    }

    /// Whether it takes the secret in the form, or in the header. In the form, unless told.
    pub fn secret_in_form(&self, form: bool) {
        self.state().secret_in_form = form;
    }

    /// How often it was asked for something (`jwks`, `token`…).
    #[must_use]
    pub fn asked(&self, what: &str) -> usize {
        self.state().asked.get(what).copied().unwrap_or_default()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.shared)
    }
}

fn lock(shared: &Mutex<State>) -> MutexGuard<'_, State> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

impl State {
    fn new(issuer: String, algorithm: Algorithm) -> Self {
        Self {
            issuer,
            algorithm,
            key: Key::of(algorithm, "key-0"),
            keys_made: 0,
            lie: Lie::None,
            person: Person::default(),
            clock: None,
            proof_keys: true,
            secret_in_form: true,
            codes: HashMap::new(),
            access: HashMap::new(),
            asked: HashMap::new(),
        }
    }

    fn answer(&mut self, request: &Request) -> Answer {
        let what = match request.path.strip_prefix("/api/v2/") {
            Some(what) => what,
            None => return self.command(request),
        };
        *self.asked.entry(what.to_owned()).or_default() += 1;
        match what {
            ".well-known/openid-configuration" => self.description(),
            "jwks" => Answer::json(&json!({"keys": [self.key.public(), encryption_key()]})),
            "authorize" => self.authorize(&request.query),
            "token" => self.token(request),
            "userinfo" => self.userinfo(request),
            "session/end" => end_session(&request.query),
            _ => Answer::error(404, "not_found"),
        }
    }

    fn command(&mut self, request: &Request) -> Answer {
        let query = &request.query;
        match request.path.as_str() {
            "/test/lie" => match query.get("name").and_then(|name| Lie::parse(name)) {
                Some(lie) => self.lie = lie,
                None => return Answer::error(400, "no_such_lie"),
            },
            "/test/person" => {
                for (name, value) in query {
                    let field = match name.as_str() {
                        "subject" => &mut self.person.subject,
                        "email" => &mut self.person.email,
                        "given_name" => &mut self.person.given_name,
                        "usual_name" => &mut self.person.usual_name,
                        "siret" => &mut self.person.siret,
                        _ => return Answer::error(400, "no_such_claim"),
                    };
                    field.clone_from(value);
                }
            }
            "/test/rotate" => self.rotate(),
            "/test/clock" => self.clock = query.get("at").and_then(|at| at.parse().ok()),
            _ => return Answer::error(404, "not_found"),
        }
        Answer::json(&json!({}))
    }

    fn rotate(&mut self) {
        self.keys_made += 1;
        self.key = Key::new(self.algorithm, &format!("key-{}", self.keys_made));
    }

    fn description(&self) -> Answer {
        if self.lie == Lie::DiscoveryFails {
            return Answer::error(500, "server_error");
        }
        let at = |path: &str| format!("{}/{path}", self.issuer);
        let mut description = json!({
            "issuer": self.issuer,
            "authorization_endpoint": at("authorize"),
            "token_endpoint": at("token"),
            "userinfo_endpoint": at("userinfo"),
            "jwks_uri": at("jwks"),
            "end_session_endpoint": at("session/end"),
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["ES256", "HS256", "RS256"],
            "authorization_response_iss_parameter_supported": true,
        });
        description["token_endpoint_auth_methods_supported"] = match self.secret_in_form {
            true => json!(["client_secret_post"]),
            false => json!(["client_secret_basic"]),
        };
        if self.proof_keys {
            description["code_challenge_methods_supported"] = json!(["S256"]);
        }
        match self.lie {
            Lie::DiscoveryIssuer => description["issuer"] = "https://auth.autre.example".into(),
            Lie::DiscoveryAddress => {
                description["token_endpoint"] = "http://auth.autre.example/token".into();
            }
            _ => {}
        }
        Answer::json(&description)
    }

    /// Says yes at once, unless something is wrong with the request.
    fn authorize(&mut self, query: &HashMap<String, String>) -> Answer {
        let mut known = vec![
            "response_type",
            "client_id",
            "redirect_uri",
            "scope",
            "state",
            "nonce",
            "prompt",
            "claims",
            "idp_hint",
            "acr_values",
        ];
        if self.proof_keys {
            known.extend(["code_challenge", "code_challenge_method"]);
        }
        if query.keys().any(|name| !known.contains(&name.as_str())) {
            return Answer::error(400, "Y000400");
        }
        let get = |name: &str| query.get(name).map(String::as_str).unwrap_or_default();
        let (state, nonce) = (get("state"), get("nonce"));
        let asked_well = get("response_type") == "code"
            && get("client_id") == CLIENT
            && get("scope").split(' ').any(|scope| scope == "openid")
            && state.len() >= 32
            && nonce.len() >= 32
            && (!self.proof_keys || get("code_challenge_method") == "S256");
        let Some(mut back) = Url::parse(get("redirect_uri")).ok().filter(|_| asked_well) else {
            return Answer::error(400, "invalid_request");
        };
        let issuer = match self.lie {
            Lie::RedirectIssuer => "https://auth.autre.example",
            _ => &self.issuer,
        };
        let mut pairs = back.query_pairs_mut();
        if self.lie == Lie::Denied {
            pairs.append_pair("error", "access_denied");
        } else {
            let code = random();
            pairs.append_pair("code", &code);
            let given = Code {
                at: Instant::now(),
                redirect: get("redirect_uri").to_owned(),
                nonce: nonce.to_owned(),
                challenge: query.get("code_challenge").cloned(),
            };
            self.codes.insert(code, given);
        }
        pairs.append_pair("state", state).append_pair("iss", issuer);
        drop(pairs);
        Answer::To(back.into())
    }

    fn token(&mut self, request: &Request) -> Answer {
        match self.lie {
            Lie::TokenFails => return Answer::error(500, "server_error"),
            Lie::TokenHangs => return Answer::Never,
            Lie::TokenHuge => {
                return Answer::Is(200, "application/json", " ".repeat(2_000_000));
            }
            Lie::TokenRedirects => return Answer::To(format!("{}/elsewhere", self.issuer)),
            Lie::TokenPage => return Answer::Is(200, "text/html", "<h1>Bonjour</h1>".to_owned()),
            _ => {}
        }
        if !self.knows_client(request) {
            return Answer::error(401, "invalid_client");
        }
        let get = |name: &str| {
            request
                .form
                .get(name)
                .map(String::as_str)
                .unwrap_or_default()
        };
        let code = self.codes.remove(get("code"));
        let fits = |code: &Code| {
            let verified = match &code.challenge {
                Some(challenge) => {
                    let hash = digest(&SHA256, get("code_verifier").as_bytes());
                    BASE64URL_NOPAD.encode(hash.as_ref()) == *challenge
                }
                None => get("code_verifier").is_empty(),
            };
            verified
                && get("grant_type") == "authorization_code"
                && get("redirect_uri") == code.redirect
                && code.at.elapsed() <= CODE_LIVES
        };
        let Some(code) = code.filter(fits) else {
            return Answer::error(400, "invalid_grant");
        };
        let access = match self.lie {
            Lie::AccessTokenStrange => "a\nb".to_owned(),
            _ => random(),
        };
        self.access.insert(access.clone(), Instant::now());
        Answer::json(&json!({
            "access_token": access,
            "token_type": "Bearer",
            "expires_in": 60,
            "id_token": self.id_token(&code.nonce),
        }))
    }

    fn knows_client(&self, request: &Request) -> bool {
        let get = |name: &str| request.form.get(name).map(String::as_str);
        if self.secret_in_form {
            return get("client_id") == Some(CLIENT) && get("client_secret") == Some(SECRET);
        }
        let written =
            |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
        let both = format!("{}:{}", written(CLIENT), written(SECRET));
        let basic = format!("Basic {}", BASE64.encode(both.as_bytes()));
        request.authorization == Some(basic) && get("client_secret").is_none()
    }

    fn id_token(&self, nonce: &str) -> String {
        let now = self.now();
        let mut claims = json!({
            "iss": self.issuer,
            "sub": self.person.subject,
            "aud": CLIENT,
            "azp": CLIENT,
            "exp": now + 60,
            "iat": now,
            "nonce": nonce,
            "acr": "eidas1",
        });
        match self.lie {
            Lie::IdTokenExpired => claims["exp"] = (now - 120).into(),
            Lie::IdTokenEarly => claims["iat"] = (now + 120).into(),
            Lie::IdTokenNonce => claims["nonce"] = random().into(),
            Lie::IdTokenNoNonce => claims["nonce"] = Value::Null,
            Lie::IdTokenIssuer => claims["iss"] = "https://auth.autre.example".into(),
            Lie::IdTokenAudience => claims["aud"] = "autre".into(),
            Lie::IdTokenAudiences => claims["aud"] = json!([CLIENT, "autre"]),
            Lie::IdTokenAuthorizedParty => claims["azp"] = "autre".into(),
            Lie::IdTokenNoSubject => claims["sub"] = "".into(),
            _ => {}
        }
        let key = &self.key;
        match self.lie {
            Lie::IdTokenForged => Key::of_another(self.algorithm, &key.id).sign(&claims),
            Lie::IdTokenUnknownKey => Key::of_another(self.algorithm, "other").sign(&claims),
            Lie::IdTokenChanged => {
                let token = key.sign(&claims);
                claims["sub"] = "maire".into();
                sign::changed(&token, &claims)
            }
            Lie::IdTokenAlgNone => sign::unsigned(&claims),
            Lie::IdTokenPublicSecret => key.sign_with_what_is_public(&claims),
            Lie::IdTokenClientSecret => sign::sign_with_secret(SECRET.as_bytes(), &key.id, &claims),
            _ => key.sign(&claims),
        }
    }

    fn userinfo(&self, request: &Request) -> Answer {
        let authorization = request.authorization.as_deref().unwrap_or_default();
        let access = authorization.strip_prefix("Bearer ").unwrap_or_default();
        let given = self.access.get(access);
        if given.is_none_or(|at| at.elapsed() > ACCESS_LIVES) {
            return Answer::error(401, "invalid_token");
        }
        if self.lie == Lie::UserinfoFails {
            return Answer::error(403, "insufficient_scope");
        }
        let mut claims = self.claims();
        match self.lie {
            Lie::UserinfoSubject | Lie::UserinfoPlainSubject => claims["sub"] = "maire".into(),
            Lie::UserinfoIssuer => claims["iss"] = "https://auth.autre.example".into(),
            Lie::UserinfoAudience => claims["aud"] = "autre".into(),
            Lie::UserinfoExpired => claims["exp"] = (self.now() - 120).into(),
            _ => {}
        }
        let key = &self.key;
        let token = match self.lie {
            Lie::UserinfoPlain | Lie::UserinfoPlainSubject => return Answer::json(&claims),
            Lie::UserinfoAlgNone => sign::unsigned(&claims),
            Lie::UserinfoForged => Key::of_another(self.algorithm, &key.id).sign(&claims),
            _ => key.sign(&claims),
        };
        Answer::Is(200, "application/jwt", token)
    }

    fn claims(&self) -> Value {
        let person = &self.person;
        let mut claims = json!({
            "iss": self.issuer,
            "aud": CLIENT,
            "iat": self.now(),
            "sub": person.subject,
        });
        for (name, value) in [
            ("email", &person.email),
            ("given_name", &person.given_name),
            ("usual_name", &person.usual_name),
            ("siret", &person.siret),
        ] {
            if !value.is_empty() {
                claims[name] = value.as_str().into();
            }
        }
        claims
    }

    fn now(&self) -> i64 {
        let real = || SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        self.clock.unwrap_or_else(|| real().as_secs() as i64)
    }
}

fn end_session(query: &HashMap<String, String>) -> Answer {
    let get = |name: &str| query.get(name).map(String::as_str).unwrap_or_default();
    let Ok(mut back) = Url::parse(get("post_logout_redirect_uri")) else {
        return Answer::error(400, "invalid_request");
    };
    if query.len() != 3 || get("id_token_hint").is_empty() || get("state").len() < 32 {
        return Answer::error(400, "invalid_request");
    }
    back.query_pairs_mut().append_pair("state", get("state"));
    Answer::To(back.into())
}

/// A key for something else, as Keycloak publishes beside those that sign.
fn encryption_key() -> Value {
    json!({"kty": "RSA", "kid": "encryption", "use": "enc", "alg": "RSA-OAEP", "n": "AQAB", "e": "AQAB"})
}

fn random() -> String {
    let mut bytes = [0; 24];
    SystemRandom::new().fill(&mut bytes).unwrap();
    BASE64URL_NOPAD.encode(&bytes)
}
