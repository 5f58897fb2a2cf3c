"""One operation of a client who stays: its answers, as they come."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from inspect import isawaitable
from typing import Any

from graphql import ExecutionResult, GraphQLError, GraphQLSchema, subscribe

from schema.context import HubContext
from schema.documents import Document
from schema.errors import told
from schema.requests import Request


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
