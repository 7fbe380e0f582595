import { z } from 'zod'
import { removeAttachment } from '#files/attachments.ts'
import { attachToDraft } from '#tickets/save-draft.ts'
import { ctxOf } from '../../context.ts'
import { answerForm, idField } from '../../forms.ts'
import { incomingFiles, UPLOAD_TOTAL } from '../../incoming-files.ts'
import type { Route } from './+types/files.ts'
import { asJson } from './as-json.ts'
import { drawFile } from './load-ticket.ts'

const Input = z.object({ kind: z.enum(['response', 'note', 'forward']).default('response'), remove: idField.optional() })

/** Files of the draft: one is added (`file`), or one is taken away (`remove`). Answers JSON to the composer's own request. */
export async function action(args: Route.ActionArgs) {
  const ref = { number: args.params.number }
  const maxBytes = ctxOf(args.context).site.limits.fileBytes + UPLOAD_TOTAL
  return asJson(
    await answerForm(
      args,
      Input,
      async (ctx, input, form) => {
        if (input.remove !== undefined) {
          await removeAttachment(ctx, input.remove)
          return { files: [] }
        }
        const stored = await attachToDraft(ctx, ref, input.kind, await incomingFiles(form.files('file')))
        return { files: stored.map(drawFile) }
      },
      { maxBytes },
    ),
  )
}
