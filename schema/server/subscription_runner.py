"""One operation of a client who stays: its answers, as they come, whatever goes wrong."""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator
from contextlib import aclosing
from inspect import isawaitable
from typing import Any

from graphql import ExecutionResult, GraphQLError, GraphQLSchema, subscribe

from schema.context import HubContext
from schema.errors import INTERNAL_ERROR, told
from schema.execution.documents import Document
from schema.server.requests import Refused, Request

log = logging.getLogger(__name__)


async def guarded(
    answers: AsyncGenerator[dict[str, Any], None], request_id: str
) -> AsyncGenerator[dict[str, Any], None]:
    """The answers; what is refused or breaks on the way to them is told as the last one."""
    try:
        async with aclosing(answers) as found:
            async for answer in found:
                yield answer
    except Refused as refused:
        yield {"errors": [{"message": refused.message, "extensions": {"code": refused.code}}]}
    except Exception:
        extra = {"request_id": request_id}
        log.exception("An operation failed (request %s)", request_id, extra=extra)
        extensions = {"code": INTERNAL_ERROR, "requestId": request_id}
        yield {"errors": [{"message": "Internal error", "extensions": extensions}]}


async def answers(
    schema: GraphQLSchema, document: Document, request: Request, context: HubContext
) -> AsyncGenerator[dict[str, Any], None]:
    """The answers of a subscription, each in GraphQL's form; the last may hold errors alone.

    Ends when the feed does, or with an error. To be closed by whoever stops listening.
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
        yield {"errors": [told(error, context.request_id) for error in stream.errors or []]}
        return
    async with aclosing(stream):
        try:
            async for result in stream:
                answer: dict[str, Any] = {"data": result.data}
                if result.errors:
                    answer["errors"] = [told(error, context.request_id) for error in result.errors]
                yield answer
        except Exception as error:  # of what is listened to: it ends, and says why
            ended = GraphQLError(str(error), original_error=error)
            yield {"errors": [told(ended, context.request_id)]}
