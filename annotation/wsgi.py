"""The WSGI application: what the web server serves. A page's query may not run for ever."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from annotation.web.limits import PlainHeaders
from annotation.web.warming import warm_up

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "annotation.settings")
settings.DATABASES["default"]["OPTIONS"]["options"] += f" -c statement_timeout={settings.WEB_STATEMENT_TIMEOUT_MS}"

application = PlainHeaders(get_wsgi_application())
warm_up()
