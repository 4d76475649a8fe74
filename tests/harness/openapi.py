"""Whether a document is one of OpenAPI 3.0: the rules of the specification for what is used here, and no member that it
does not know.

`faults(document)` lists what is wrong, each with its place.
"""

import re

VERBS = {"get", "put", "post", "delete", "options", "head", "patch", "trace"}
# Object: (members that must be there, members that may). Names that begin with x- may always be there.
KNOWN = {
    "document": ("openapi info paths", "servers components security tags externalDocs"),
    "info": ("title version", "description termsOfService contact license"),
    "path item": ("", "summary description servers parameters " + " ".join(VERBS)),
    "operation": (
        "responses",
        "tags summary description externalDocs operationId parameters requestBody callbacks "
        "deprecated security servers",
    ),
    "parameter": (
        "name in",
        "description required deprecated allowEmptyValue style explode allowReserved schema example examples content",
    ),
    "request body": ("content", "description required"),
    "response": ("description", "headers content links"),
    "media type": ("", "schema example examples encoding"),
    "components": (
        "",
        "schemas responses parameters examples requestBodies headers securitySchemes links callbacks",
    ),
    "schema": (
        "",
        "title multipleOf maximum exclusiveMaximum minimum exclusiveMinimum maxLength minLength "
        "pattern maxItems minItems "
        "uniqueItems maxProperties minProperties required enum type allOf oneOf anyOf not items properties "
        "additionalProperties description format default nullable discriminator readOnly writeOnly xml externalDocs "
        "example deprecated",
    ),
    "security scheme": ("type", "description name in scheme bearerFormat flows openIdConnectUrl"),
    "tag": ("name", "description externalDocs"),
    "server": ("url", "description variables"),
}
KNOWN = {kind: [set(words.split()) for words in both] for kind, both in KNOWN.items()}
TYPES = {
    "string": str,
    "number": (int, float),
    "integer": int,
    "boolean": bool,
    "array": list,
    "object": dict,
}
COMPONENT = re.compile(r"^[A-Za-z0-9._-]+$")
STATUS = re.compile(r"^([1-5]\d\d|[1-5]XX|default)$")


class Check:
    def __init__(self, document):
        self.document = document
        self.found = []
        self.operations = set()

    def say(self, place, what):
        self.found.append(f"{place}: {what}")

    def follow(self, value, place):
        """What a reference leads to; None where there is none."""
        while isinstance(value, dict) and "$ref" in value:
            if set(value) != {"$ref"}:
                self.say(place, "a reference has other members")
            target = self.document
            for part in value["$ref"].removeprefix("#/").split("/"):
                target = target.get(part) if isinstance(target, dict) else None
            if target is None:
                self.say(place, f"{value['$ref']} leads nowhere")
                return None
            value = target
        return value

    def object(self, kind, value, place):
        if not isinstance(value, dict):
            self.say(place, f"a {kind} must be an object")
            return {}
        must, may = KNOWN[kind]
        for name in must - set(value):
            self.say(place, f"the {kind} lacks '{name}'")
        for name in set(value) - must - may:
            if not name.startswith("x-"):
                self.say(place, f"a {kind} has no '{name}'")
        return value

    def all(self):
        document = self.object("document", self.document, "document")
        if not re.match(r"^3\.0\.\d+$", str(document.get("openapi"))):
            self.say("openapi", "must be 3.0.x")
        for name, value in self.object("info", document.get("info"), "info").items():
            if name in ("title", "version", "description") and not isinstance(value, str):
                self.say(f"info.{name}", "must be a text")
        for i, server in enumerate(document.get("servers", [])):
            self.object("server", server, f"servers[{i}]")
        tags = [self.object("tag", tag, "tags").get("name") for tag in document.get("tags", [])]
        if len(set(tags)) != len(tags):
            self.say("tags", "one is there twice")
        self.components(document.get("components", {}))
        self.security(document.get("security", []), "security")
        for path, item in document.get("paths", {}).items():
            self.path(path, item)
        return self.found

    def components(self, components):
        self.object("components", components, "components")
        for kind, named in components.items():
            for name, value in named.items():
                place = f"components.{kind}.{name}"
                if not COMPONENT.match(name):
                    self.say(place, "is no name of a component")
                if kind == "schemas":
                    self.schema(value, place)
                elif kind == "responses":
                    self.response(value, place)
                elif kind == "parameters":
                    self.parameter(value, place)
                elif kind == "requestBodies":
                    self.body(value, place)
                elif kind == "securitySchemes":
                    self.scheme(value, place)

    def scheme(self, value, place):
        scheme = self.object("security scheme", value, place)
        kind = scheme.get("type")
        if kind not in ("apiKey", "http", "oauth2", "openIdConnect"):
            self.say(place, f"'{kind}' is no type of a scheme")
        if kind == "apiKey" and not (
            scheme.get("in") in ("query", "header", "cookie") and scheme.get("name")
        ):
            self.say(place, "a key needs 'name' and 'in'")
        if kind == "http" and not scheme.get("scheme"):
            self.say(place, "http needs 'scheme'")

    def security(self, value, place):
        known = self.document.get("components", {}).get("securitySchemes", {})
        for needed in value:
            for name in needed:
                if name not in known:
                    self.say(place, f"there is no scheme '{name}'")

    def path(self, path, item):
        if not path.startswith("/"):
            self.say(path, "must begin with a slash")
        item = self.object("path item", item, path)
        shared = item.get("parameters", [])
        for verb in VERBS & set(item):
            place = f"{verb} {path}"
            operation = self.object("operation", item[verb], place)
            name = operation.get("operationId")
            if name is not None and name in self.operations:
                self.say(place, f"operationId '{name}' is there twice")
            self.operations.add(name)
            self.parameters(path, [*shared, *operation.get("parameters", [])], place)
            self.security(operation.get("security", []), place)
            if "requestBody" in operation:
                self.body(operation["requestBody"], place + " body")
            responses = operation.get("responses") or {}
            if not responses:
                self.say(place, "has no response")
            for status, response in responses.items():
                if not STATUS.match(status):
                    self.say(place, f"'{status}' is no status")
                self.response(response, f"{place} {status}")

    def parameters(self, path, given, place):
        seen = set()
        for value in given:
            parameter = self.parameter(value, place) or {}
            key = (parameter.get("name"), parameter.get("in"))
            if key in seen:
                self.say(place, f"parameter {key} is there twice")
            seen.add(key)
        declared = {name for name, where in seen if where == "path"}
        if declared != set(re.findall(r"{([^{}]+)}", path)):
            self.say(place, f"the path has not the parameters {sorted(declared)}")

    def parameter(self, value, place):
        value = self.follow(value, place)
        if value is None:
            return None
        parameter = self.object("parameter", value, place)
        place += f" parameter {parameter.get('name')}"
        where = parameter.get("in")
        if where not in ("query", "header", "path", "cookie"):
            self.say(place, f"'{where}' is no place")
        if where == "path" and parameter.get("required") is not True:
            self.say(place, "of a path must be required")
        if ("schema" in parameter) == ("content" in parameter):
            self.say(place, "needs one of 'schema' and 'content'")
        if "schema" in parameter:
            self.schema(parameter["schema"], place)
        return parameter

    def body(self, value, place):
        value = self.follow(value, place)
        if value is not None:
            self.content(self.object("request body", value, place).get("content"), place)

    def response(self, value, place):
        value = self.follow(value, place)
        if value is None:
            return
        response = self.object("response", value, place)
        if not isinstance(response.get("description", ""), str):
            self.say(place, "'description' must be a text")
        self.content(response.get("content", {}), place)

    def content(self, content, place):
        for kind, value in (content or {}).items():
            media = self.object("media type", value, f"{place} {kind}")
            if "schema" in media:
                self.schema(media["schema"], f"{place} {kind}")

    def schema(self, value, place):
        if isinstance(value, dict) and "$ref" in value:
            self.follow(value, place)
            return
        schema = self.object("schema", value, place)
        kind = schema.get("type")
        if "type" in schema and kind not in TYPES:
            self.say(place, f"'{kind}' is no type")
        if kind == "array" and "items" not in schema:
            self.say(place, "an array needs 'items'")
        for name in ("required", "enum"):
            listed = schema.get(name)
            if listed is not None and (not isinstance(listed, list) or not listed):
                self.say(place, f"'{name}' must be a list of some")
        names = schema.get("required") or []
        if len(set(map(str, names))) != len(names):
            self.say(place, "'required' names one twice")
        for name in ("minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems"):
            if name in schema and not (
                isinstance(schema[name], (int, float)) and schema[name] is not True
            ):
                self.say(place, f"'{name}' must be a number")
        default = schema.get("default")
        if default is not None and kind in TYPES and not isinstance(default, TYPES[kind]):
            self.say(place, f"the default {default!r} is no {kind}")
        for name in ("nullable", "readOnly", "writeOnly", "deprecated", "uniqueItems"):
            if not isinstance(schema.get(name, True), bool):
                self.say(place, f"'{name}' must be true or false")
        for name, inner in schema.get("properties", {}).items():
            self.schema(inner, f"{place}.{name}")
        if "items" in schema:
            self.schema(schema["items"], place + "[]")
        if isinstance(schema.get("additionalProperties"), dict):
            self.schema(schema["additionalProperties"], place + ".*")
        for name in ("allOf", "oneOf", "anyOf"):
            for inner in schema.get(name, []):
                self.schema(inner, f"{place} {name}")


def faults(document):
    return Check(document).all()
