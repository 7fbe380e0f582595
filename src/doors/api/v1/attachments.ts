import { accessAttachment } from '#files/attachments.ts'
import { fileResponse } from '../../file-response.ts'
import { type Endpoint, endpoint } from '../endpoint.ts'
import { AttachmentShape, attachmentShape } from './shapes.ts'

const show = endpoint(
  {
    method: 'GET',
    path: '/attachments/{attachment}',
    ids: { attachment: 'attachment' },
    summary: 'Read what is known of a file',
    tag: 'Attachments',
    scope: 'tickets:read',
    answer: AttachmentShape,
  },
  async ({ ctx, ids, path }) => attachmentShape(ids, await accessAttachment(ctx, path.attachment!)),
)

const content = endpoint(
  {
    method: 'GET',
    path: '/attachments/{attachment}/content',
    ids: { attachment: 'attachment' },
    summary: 'Download a file',
    tag: 'Attachments',
    scope: 'tickets:read',
    answer: null,
  },
  async ({ ctx, path }) => fileResponse(ctx, await accessAttachment(ctx, path.attachment!), { cacheSeconds: 0 }),
)

export const attachmentEndpoints: readonly Endpoint[] = [show, content]
