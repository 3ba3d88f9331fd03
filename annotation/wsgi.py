"""The WSGI application: what the web server serves. A page's query may not run longer than 15 s."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "annotation.settings")
os.environ.setdefault("STEPMARK_STATEMENT_TIMEOUT_MS", "15000")

application = get_wsgi_application()
