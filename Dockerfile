FROM python:3.11-slim-bookworm

RUN pip install --no-cache-dir uv==0.13.8 \
    && useradd --system --create-home coffer \
    && install --directory --owner coffer /app /data
WORKDIR /app
USER coffer
ENV UV_PYTHON_DOWNLOADS=never \
    UV_COMPILE_BYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    PATH=/app/.venv/bin:$PATH

# The dependencies change seldom: a layer of their own.
COPY --chown=coffer pyproject.toml uv.lock README.md ./
RUN uv sync --frozen --no-dev --no-install-project
COPY --chown=coffer . .
RUN uv sync --frozen --no-dev

VOLUME /data
EXPOSE 8000
CMD ["python", "-m", "api", "--host", "0.0.0.0", "--port", "8000"]
