# The office's server: one image for web, worker and beat (docker-compose.yml).
FROM node:20-bookworm-slim AS assets
WORKDIR /assets
COPY package.json package-lock.json .npmrc ./
RUN npm ci --loglevel=error

FROM python:3.11-slim-bookworm
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 RECTIFY_VAR=/var/lib/rectify STATIC_COLLECTED=1
WORKDIR /srv/rectify
RUN useradd --system --home-dir /var/lib/rectify --create-home rectify
COPY requirements.lock ./
RUN pip install --no-cache-dir --require-hashes -r requirements.lock
COPY --from=assets /assets/node_modules ./node_modules
COPY . .
# A key is needed to read the settings here; the running system gets its own.
RUN SECRET_KEY=only-for-collecting-static-files python manage.py collectstatic --noinput -v 0 \
    && chown -R rectify:rectify /var/lib/rectify
USER rectify
VOLUME /var/lib/rectify
EXPOSE 8000
CMD ["gunicorn", "rectify.wsgi", "--bind", "0.0.0.0:8000", "--workers", "2", "--no-control-socket", "--log-level", "warning"]
