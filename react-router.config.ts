import type { Config } from '@react-router/dev/config'

export default {
  appDirectory: 'src/doors/web',
  buildDirectory: 'build',
  ssr: true,
} satisfies Config
