/** The pages, built by React Router's Vite plugin as part of the same module graph. */
declare module 'virtual:react-router/server-build' {
  const build: import('react-router').ServerBuild
  export = build
}
