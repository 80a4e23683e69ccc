"""Settings of the catalog service."""

from ecatalog.core.settings import Settings
from pydantic import Field, SecretStr


class CatalogSettings(Settings):
    openai_api_key: SecretStr | None = Field(default=None, description="key of the chat model that describes rows")
    openai_model: str = Field(default="gpt-3.5-turbo", description="name of the chat model")
    openai_base_url: str | None = Field(default=None, description="any server that speaks chat completions")
    openai_timeout: float = Field(default=60, gt=0, description="seconds in which one answer must be whole")
    openai_retries: int = Field(default=5, ge=0, le=20, description="how often a request that failed is sent again")
    openai_concurrency: int = Field(default=4, ge=1, le=256, description="requests of one worker at once")
    openai_answer_tokens: int = Field(default=1000, ge=50, description="tokens that one answer may take")
    openai_max_tokens: int | None = Field(default=None, ge=1, description="tokens that one task of the API may take")
    openai_input_price: float | None = Field(default=None, ge=0, description="USD for a million tokens sent")
    openai_output_price: float | None = Field(default=None, ge=0, description="USD for a million tokens answered")
