"""The contract of a small service that breaks no rule of ours, and something that answers in its place."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

CONTRACT = """\
openapi: 3.1.0
info:
  title: Notices
  version: 1.0.0
  summary: Short texts that we show to customers.
  description: Customers read notices. The support desk writes them.
  license: {name: Apache 2.0, identifier: Apache-2.0}
servers:
  - {url: /}
tags:
  - {name: notices, description: Short texts that we show to customers.}
security:
  - token: []
paths:
  /v1/notices:
    post:
      operationId: createNotice
      summary: Write a notice
      description: It is shown at once.
      tags: [notices]
      security: [{token: ['contact:handle']}]
      x-slo: {p95_ms: 100, error_rate: 0.001}
      parameters:
        - {$ref: '../common/parameters.yaml#/components/parameters/IdempotencyKey'}
      requestBody:
        required: true
        content:
          application/json:
            schema: {$ref: '#/components/schemas/NewNotice'}
            examples:
              healthy: {value: {text: Good morning}}
              overdue: {value: {text: Please pay}}
      responses:
        '201':
          description: The notice is shown.
          headers:
            Location: {$ref: '../common/headers.yaml#/components/headers/Location'}
            Idempotency-Replayed: {$ref: '../common/headers.yaml#/components/headers/IdempotencyReplayed'}
          content:
            application/json:
              schema: {$ref: '#/components/schemas/Notice'}
              examples:
                healthy: {value: {id: not_1, text: Good morning}}
                overdue: {value: {id: not_2, text: Please pay}}
          links:
            self: {operationId: getNotice, parameters: {notice_id: '$response.body#/id'}}
        '400': {$ref: '../common/responses.yaml#/components/responses/BadRequest'}
        '401': {$ref: '../common/responses.yaml#/components/responses/Unauthorized'}
        '403': {$ref: '../common/responses.yaml#/components/responses/Forbidden'}
        '409': {$ref: '../common/responses.yaml#/components/responses/Conflict'}
        '413': {$ref: '../common/responses.yaml#/components/responses/ContentTooLarge'}
        '415': {$ref: '../common/responses.yaml#/components/responses/UnsupportedMediaType'}
        '422': {$ref: '../common/responses.yaml#/components/responses/Unprocessable'}
        '500': {$ref: '../common/responses.yaml#/components/responses/InternalError'}
        '503': {$ref: '../common/responses.yaml#/components/responses/Unavailable'}
        '504': {$ref: '../common/responses.yaml#/components/responses/Timeout'}
  /v1/notices/{notice_id}:
    get:
      operationId: getNotice
      summary: Read a notice
      description: The text as it is shown.
      tags: [notices]
      security: [{token: ['contact:read']}]
      x-slo: {p95_ms: 50, error_rate: 0.001}
      parameters:
        - name: notice_id
          in: path
          required: true
          description: The notice.
          schema: {$ref: '#/components/schemas/NoticeId'}
      responses:
        '200':
          description: The notice.
          content:
            application/json:
              schema: {$ref: '#/components/schemas/Notice'}
              examples:
                healthy: {value: {id: not_1, text: Good morning}}
                overdue: {value: {id: not_2, text: Please pay}}
        '400': {$ref: '../common/responses.yaml#/components/responses/BadRequest'}
        '401': {$ref: '../common/responses.yaml#/components/responses/Unauthorized'}
        '403': {$ref: '../common/responses.yaml#/components/responses/Forbidden'}
        '404': {$ref: '../common/responses.yaml#/components/responses/NotFound'}
        '422': {$ref: '../common/responses.yaml#/components/responses/Unprocessable'}
        '500': {$ref: '../common/responses.yaml#/components/responses/InternalError'}
        '503': {$ref: '../common/responses.yaml#/components/responses/Unavailable'}
        '504': {$ref: '../common/responses.yaml#/components/responses/Timeout'}
components:
  securitySchemes:
    token: {$ref: '../common/security.yaml#/components/securitySchemes/token'}
  schemas:
    NoticeId:
      type: string
      pattern: '^not_[0-9]{1,9}$'
      description: Identifies a notice.
      examples: [not_1]
    NewNotice:
      type: object
      description: A notice as it is written.
      additionalProperties: false
      required: [text]
      properties:
        text: {type: string, minLength: 1, maxLength: 200, description: What it says.}
    Notice:
      type: object
      description: A notice as it is shown.
      additionalProperties: false
      required: [id, text]
      properties:
        id: {$ref: '#/components/schemas/NoticeId'}
        text: {type: string, minLength: 1, maxLength: 200, description: What it says.}
"""


@asynccontextmanager
async def door(
    shown: Mapping[str, Any] | Response, *missing: str, said: str = "/problems/not-found"
) -> AsyncIterator[ASGIApp]:
    """Shows `shown` as its contract and lets nobody in; where a path is `missing` there is none, or nothing there."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        path = Request(scope).url.path
        if path == "/openapi.json":
            answer = shown if isinstance(shown, Response) else Response(orjson.dumps(shown))
        elif path in missing:
            answer = JSONResponse({"type": said}, 404, media_type="application/problem+json")
        else:
            answer = JSONResponse({"type": "/problems/unauthorized"}, 401, media_type="application/problem+json")
        await answer(scope, receive, send)

    yield app
