const docs = document.getElementById("docs");
const urls = [{ url: "/openapi.json", name: "Gateway · 网关" }];
if (docs.dataset.simulation === "yes") urls.push({ url: "/sim/v1/openapi.json", name: "Control plane · 模拟控制" });
SwaggerUIBundle({
  urls,
  dom_id: "#docs",
  deepLinking: true,
  docExpansion: "list",
  defaultModelsExpandDepth: 0,
  tryItOutEnabled: true,
  validatorUrl: null,
  presets: [SwaggerUIBundle.presets.apis, SwaggerUIStandalonePreset],
  layout: "StandaloneLayout",
});
