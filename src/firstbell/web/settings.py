"""Django's settings, from the environment."""

from pathlib import Path
from secrets import token_urlsafe
from urllib.parse import urlsplit

from firstbell.store.connecting import Role, django_database
from firstbell.store.environment import Environment, Provider
from firstbell.store.mail_server import mail_server
from firstbell.web.provided import allauth_providers

environment = Environment()
_url = urlsplit(environment.url)
_https = _url.scheme == "https"

#: Known for good once the storage is: `store.secret_key.use_kept_key`.
SECRET_KEY = environment.secret_key or token_urlsafe(48)
SECRET_KEY_FALLBACKS = environment.old_secret_keys.split()
ALLOWED_HOSTS = [_url.hostname or "", "localhost", "127.0.0.1", "[::1]"]
ROOT_URLCONF = "firstbell.web.urls"
WSGI_APPLICATION = "firstbell.web.wsgi.application"
INSTALLED_APPS = [
    "firstbell.web",  # first, for its templates replace those of others
    "procrastinate.contrib.django",
    "firstbell.store",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "django_htmx",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "firstbell.web.headers.strict_headers",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "firstbell.web.second_factor.SecondFactorRequired",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": ["django.template.context_processors.request"]},
    }
]
DATABASES = (
    {"default": django_database(environment.database_url, Role.WEB)}
    if environment.database_url
    else {}  # known once the embedded server runs: `store.database.open_store`
)
#: The default one is shared by all processes, for the throttling of sign-in counts in it. What is
#: drawn of syncs is kept in each process: most of them never change again.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "web_cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    },
    "drawn": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "drawn",
        "OPTIONS": {"MAX_ENTRIES": 1_000},
    },
}
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_ALLOW_ALL_ORIGINS = False

# People. Accounts are made by commands and invitations; nobody signs up.
AUTH_USER_MODEL = "store.Person"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in {
        "UserAttributeSimilarityValidator": {"user_attributes": ("email", "name")},
        "MinimumLengthValidator": {"min_length": 12},
        "CommonPasswordValidator": {},
    }.items()
]
ACCOUNT_ADAPTER = "firstbell.web.accounts.Accounts"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
#: The link to choose a password ends with the email address or the password that it was made for.
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "django.contrib.auth.tokens.PasswordResetTokenGenerator"  # noqa: S105
ACCOUNT_LOGIN_ON_PASSWORD_RESET = True
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_FORMS = {"reset_password": "firstbell.web.forgotten.ForgottenForm"}
ACCOUNT_DEFAULT_HTTP_PROTOCOL = _url.scheme
# Second factors.
MFA_ADAPTER = "firstbell.web.second_factor.SecondFactors"
MFA_ALLOW_UNVERIFIED_EMAIL = True  # whoever has an account was given it
MFA_TOTP_ISSUER = environment.product
# Signing in at providers.
FIRSTBELL_PROVIDERS: tuple[Provider, ...] = environment.oidc
SOCIALACCOUNT_ADAPTER = "firstbell.web.providers.AtProviders"
SOCIALACCOUNT_PROVIDERS = allauth_providers(environment.oidc)
SOCIALACCOUNT_REQUESTS_TIMEOUT = 10
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "account_login"
#: How many proxies stand in front: throttling looks at the address that the first of them saw.
ALLAUTH_TRUSTED_PROXY_COUNT = environment.proxies

# What a browser is told to keep to; the rest is in `web.headers`.
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = _https
CSRF_COOKIE_HTTPONLY = True
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if _https else 0
#: Other names under the operator's domain, and browsers' lists of names, are the operator's choice.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
SECURE_REFERRER_POLICY = "same-origin"

# Mail. Without a mail server none is sent, and none is queued.
FIRSTBELL_MAIL: bool = bool(environment.mail)
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = environment.mail_from or f"no-reply@{_url.hostname}"
if environment.mail:
    _server = mail_server(environment.mail)
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    EMAIL_HOST, EMAIL_PORT = _server.host, _server.port
    EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _server.user, _server.password
    EMAIL_USE_SSL, EMAIL_USE_TLS = _server.tls, _server.starttls

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"()": "firstbell.web.logs.WithoutValues"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "loggers": {
        "django": {"handlers": ["stderr"], "level": "ERROR", "propagate": False},
        "procrastinate": {"handlers": ["stderr"], "level": "ERROR", "propagate": False},
        "firstbell": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
        "asyncio": {"handlers": ["stderr"], "level": "ERROR", "propagate": False},
        "django.security.DisallowedHost": {"level": "CRITICAL"},  # anybody can ask for any host
    },
}

#: How messages name the product.
FIRSTBELL_PRODUCT: str = environment.product
#: Where what comes of syncs is kept; `store.database.open_store` says it anew.
FIRSTBELL_STORAGE: Path = environment.storage_in(environment.data_dir)
#: The address that people reach the pages by, without a slash at its end.
FIRSTBELL_URL: str = environment.url.rstrip("/")
#: A decision on schools names each of them.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 6000
#: How many bytes people may upload at once.
FIRSTBELL_MOST_UPLOADED = 2 << 30

# For how many days what comes of syncs is kept.
FIRSTBELL_KEEP_FEEDS: int = environment.keep_feeds
FIRSTBELL_KEEP_FINDINGS: int = environment.keep_findings
FIRSTBELL_KEEP_DEACTIVATED: int = environment.keep_deactivated

PROCRASTINATE_AUTODISCOVER_MODULE_NAME = None
PROCRASTINATE_IMPORT_PATHS = [
    "firstbell.jobs.tasks",
    "firstbell.jobs.checking",
    "firstbell.jobs.again",
]
