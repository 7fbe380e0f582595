import { ChevronDown, Paperclip, Signature } from 'lucide-react'
import { useRef } from 'react'
import { useT } from '#i18n/react.tsx'
import { Button } from '../../ui/button.tsx'
import { Menu, MenuChoice, MenuItem } from '../../ui/menu.tsx'
import type { EntryKind } from './composer-kind.ts'
import { isApple, printKeys } from './keys.ts'

/** Whose words end the mail. */
export type SignatureChoice = 'department' | 'own' | 'none'

/** What ends the writing: files, and the button that posts, with what else it can do. */
export function SendBar({
  kind,
  pending,
  onFiles,
  onPost,
  onNext,
  onLater,
  signature,
  onSignature,
}: {
  kind: EntryKind
  pending: boolean
  onFiles(files: File[]): void
  /** `status`: the key of the status that the reply asks for; empty for the desk's usual one. */
  onPost(status: string): void
  /** Posts, and opens the next ticket of the list. */
  onNext(): void
  /** Asks for the time at which the reply leaves. */
  onLater(): void
  signature: SignatureChoice
  onSignature(choice: SignatureChoice): void
}) {
  const t = useT()
  const picker = useRef<HTMLInputElement>(null)
  const keys = (name: string) => printKeys(name, typeof navigator !== 'undefined' && isApple())
  return (
    <div className="flex flex-wrap items-center gap-2 px-3 pt-1 pb-2.5">
      <input
        ref={picker}
        type="file"
        multiple
        className="hidden"
        tabIndex={-1}
        aria-hidden="true"
        onChange={(event) => {
          onFiles([...(event.target.files ?? [])])
          event.target.value = ''
        }}
      />
      <Button variant="quiet" icon={<Paperclip className="size-4" aria-hidden="true" />} onClick={() => picker.current?.click()}>
        <span className="max-sm:sr-only">{t('agent.composer.attach')}</span>
      </Button>
      {kind === 'note' ? null : (
        <Menu
          side="top"
          trigger={
            <Button variant="quiet" icon={<Signature className="size-4" aria-hidden="true" />}>
              <span className="max-sm:sr-only">{t(`agent.composer.signature.${signature}`)}</span>
            </Button>
          }
        >
          <MenuChoice
            label={t('agent.composer.signature.label')}
            value={signature}
            options={(['department', 'own', 'none'] as const).map((value) => ({
              value,
              label: t(`agent.composer.signature.${value}`),
            }))}
            onChange={onSignature}
          />
        </Menu>
      )}
      <div className="ms-auto flex items-center">
        {kind === 'response' ? (
          <>
            <Button
              variant="primary"
              pending={pending}
              onClick={() => onPost('')}
              title={keys('mod+enter')}
              className="rounded-e-none!"
            >
              {t('agent.composer.post')}
            </Button>
            <Menu
              align="end"
              side="top"
              trigger={
                <Button
                  variant="primary"
                  aria-label={t('agent.composer.postMore')}
                  className="rounded-s-none! border-on-accent/30 border-s px-1.5!"
                >
                  <ChevronDown className="size-4" aria-hidden="true" />
                </Button>
              }
            >
              <MenuItem onSelect={() => onPost('resolved')} keys={keys('mod+shift+enter')}>
                {t('agent.composer.postResolve')}
              </MenuItem>
              <MenuItem onSelect={() => onPost('open')}>{t('agent.composer.postOpen')}</MenuItem>
              <MenuItem onSelect={onNext} keys={keys('mod+alt+enter')}>
                {t('agent.composer.postNext')}
              </MenuItem>
              <MenuItem onSelect={onLater}>{t('agent.composer.sendLater')}</MenuItem>
            </Menu>
          </>
        ) : kind === 'forward' ? (
          <Button variant="primary" pending={pending} onClick={() => onPost('')} title={keys('mod+enter')}>
            {t('agent.composer.forwardNow')}
          </Button>
        ) : (
          <Button
            pending={pending}
            onClick={() => onPost('')}
            className="border-note-ink! bg-note-ink! text-note!"
            title={keys('mod+enter')}
          >
            {t('agent.composer.addNote')}
          </Button>
        )}
      </div>
    </div>
  )
}
