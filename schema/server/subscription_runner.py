"""One operation over a long-lived connection: a stream of responses, with errors masked."""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator
from contextlib import aclosing
from inspect import isawaitable
from typing import Any

from graphql import ExecutionResult, GraphQLError, GraphQLSchema, subscribe

from hub.errors import DatabaseError
from schema.context import HubContext
from schema.errors import INTERNAL_ERROR, format_error, report_unavailable
from schema.execution.documents import Document
from schema.server.requests import Refused, Request

log = logging.getLogger(__name__)


async def mask_failures(
    responses: AsyncGenerator[dict[str, Any], None], request_id: str
) -> AsyncGenerator[dict[str, Any], None]:
    """Yield the responses; a refusal or exception becomes a last response with masked errors."""
    try:
        async with aclosing(responses) as stream:
            async for response in stream:
                yield response
    except Refused as refused:
        yield {"errors": [{"message": refused.message, "extensions": {"code": refused.code}}]}
    except DatabaseError as error:
        yield {"errors": [report_unavailable(error)]}
    except Exception:
        extra = {"request_id": request_id}
        log.exception("An operation failed (request %s)", request_id, extra=extra)
        extensions = {"code": INTERNAL_ERROR, "requestId": request_id}
        yield {"errors": [{"message": "Internal error", "extensions": extensions}]}


async def run_subscription(
    schema: GraphQLSchema, document: Document, request: Request, context: HubContext
) -> AsyncGenerator[dict[str, Any], None]:
    """Yield the responses of a subscription; the last one may hold errors alone.

    Ends when the change feed ends, or after an error. The caller has to close it.
    """
    if document.tree is None:
        yield {"errors": document.errors}
        return
    stream: Any = subscribe(
        schema,
        document.tree,
        context_value=context,
        variable_values=request.variables,
        operation_name=request.operation_name,
    )
    if isawaitable(stream):
        stream = await stream
    if isinstance(stream, ExecutionResult):
        yield {"errors": [format_error(error, context.request_id) for error in stream.errors or []]}
        return
    async with aclosing(stream):
        try:
            async for result in stream:
                response: dict[str, Any] = {"data": result.data}
                if result.errors:
                    response["errors"] = [
                        format_error(error, context.request_id) for error in result.errors
                    ]
                yield response
        except Exception as error:  # raised by the event source, which ends with it
            failure = GraphQLError(str(error), original_error=error)
            yield {"errors": [format_error(failure, context.request_id)]}
