// The API documentation: shows /openapi.json. Loaded with `defer`, behind the bundle it uses.
SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#docs",
  deepLinking: true,
  validatorUrl: null, // asks nobody else
});
