import { createContext, type ReactNode, type Ref, useContext, useState } from 'react'
import { Form as RouterForm, type FormProps as RouterFormProps } from 'react-router'
import { useRequest } from './request.tsx'

/** What an action answers with 422: an error for each field by its name, one for the whole form, and what was typed. */
export interface FormAnswer {
  errors?: Record<string, string>
  message?: string
  values?: Record<string, string | string[]>
}

const AnswerContext = createContext<FormAnswer>({})

/** The answer of the form around this field. */
export function useFormAnswer(): FormAnswer {
  return useContext(AnswerContext)
}

/** A uuid that marks one filling-in of a form, so that a second press or a reload does nothing twice. */
export function newSubmission(): string {
  if (typeof crypto.randomUUID === 'function') return crypto.randomUUID()
  // randomUUID is missing on plain http; the same 122 bits by hand (RFC 9562, section 5.4).
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  bytes[6] = (bytes[6]! & 0x0f) | 0x40
  bytes[8] = (bytes[8]! & 0x3f) | 0x80
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}

/** The two hidden fields that every posting form carries; for forms that are not made with `Form` below. */
export function FormGuard({ submission }: { submission?: string }) {
  const { csrf } = useRequest()
  const [own] = useState(newSubmission)
  return (
    <>
      <input type="hidden" name="csrf" value={csrf} readOnly suppressHydrationWarning />
      <input type="hidden" name="submission" defaultValue={submission ?? own} suppressHydrationWarning />
    </>
  )
}

export interface FormProps extends RouterFormProps {
  /** The action's answer; fields inside find their errors and typed values in it. */
  answer?: FormAnswer | null | undefined
  ref?: Ref<HTMLFormElement>
  children: ReactNode
}

/** Every form of the house: posts with a CSRF token and a submission uuid, shows what was wrong at its field. */
export function Form({ answer, children, method = 'post', ...rest }: FormProps) {
  return (
    <RouterForm method={method} {...rest}>
      {method.toLowerCase() === 'get' ? null : <FormGuard />}
      <AnswerContext value={answer ?? {}}>
        {answer?.message ? <FormMessage>{answer.message}</FormMessage> : null}
        {children}
      </AnswerContext>
    </RouterForm>
  )
}

/** An error that belongs to no single field. */
export function FormMessage({ children }: { children: ReactNode }) {
  return (
    <div role="alert" className="mb-4 rounded-base border border-danger bg-danger-tint px-3 py-2 text-danger-ink">
      {children}
    </div>
  )
}
