"""The web as one process of a web server runs it; it works as `firstbell_web`.

`DATABASE_URL`, or the embedded database of `FIRSTBELL_DATA_DIR`, is used until the process ends.
"""

import atexit
from contextlib import ExitStack

from django.core.wsgi import get_wsgi_application

from firstbell.store.connecting import Role
from firstbell.store.database import open_store
from firstbell.store.environment import Environment
from firstbell.store.secret_key import use_kept_key

_opened = ExitStack()
_opened.enter_context(open_store(Environment().data_dir, role=Role.WEB))
atexit.register(_opened.close)
use_kept_key()
application = get_wsgi_application()
