/** Executed notebooks as pages, pages as a book, and the manifest of how they were made. */
export * from "./book.ts";
export * from "./collect.ts";
export * from "./manifest.ts";
export { type PageContext, type PageLink, renderPage } from "./page.ts";
