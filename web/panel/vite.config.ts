import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

// The page is served with a fresh nonce in place of the mark; see web/api/panel.py.
export default defineConfig({
  base: "/panel/",
  plugins: [react()],
  html: { cspNonce: "__NONCE__" },
  build: { manifest: "manifest.json", target: "es2022", assetsInlineLimit: 0, emptyOutDir: true, modulePreload: { polyfill: false } },
});
