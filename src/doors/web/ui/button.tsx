import type { ComponentProps, ReactNode } from 'react'
import { Link } from 'react-router'
import { classNames } from './class-names.ts'

export type ButtonVariant = 'primary' | 'secondary' | 'quiet' | 'danger'
export type ButtonSize = 'small' | 'normal' | 'large'

const base =
  'inline-flex shrink-0 select-none items-center justify-center gap-1.5 whitespace-nowrap rounded-base font-medium transition-colors duration-100 disabled:cursor-not-allowed disabled:opacity-55 aria-disabled:cursor-not-allowed aria-disabled:opacity-55'

const variants: Record<ButtonVariant, string> = {
  primary: 'bg-accent text-on-accent hover:bg-accent-hover',
  secondary: 'border border-line-control bg-surface text-ink hover:bg-hover',
  quiet: 'text-ink-muted hover:bg-hover hover:text-ink aria-expanded:bg-hover aria-pressed:bg-selected aria-pressed:text-ink',
  danger: 'bg-danger text-on-danger hover:bg-danger-hover',
}

const sizes: Record<ButtonSize, string> = {
  small: 'min-h-7 px-2 text-small',
  normal: 'min-h-8 px-3 text-base pointer-coarse:min-h-10',
  large: 'min-h-10 px-4 text-large',
}

export function buttonClass(variant: ButtonVariant = 'secondary', size: ButtonSize = 'normal', extra?: string): string {
  return classNames(base, variants[variant], sizes[size], extra)
}

export interface ButtonProps extends ComponentProps<'button'> {
  variant?: ButtonVariant
  size?: ButtonSize
  /** Work is under way: the button keeps its place and its focus, and takes no second press. */
  pending?: boolean
  icon?: ReactNode
}

/** A button that says a verb. `type` is "submit" only when asked for. */
export function Button({
  variant = 'secondary',
  size = 'normal',
  pending = false,
  icon,
  type = 'button',
  className,
  children,
  onClick,
  ...rest
}: ButtonProps) {
  return (
    <button
      {...rest}
      type={type}
      aria-disabled={pending || undefined}
      aria-busy={pending || undefined}
      className={buttonClass(variant, size, className)}
      onClick={(event) => {
        if (pending) event.preventDefault()
        else onClick?.(event)
      }}
    >
      {pending ? <Spinner /> : icon}
      {children}
    </button>
  )
}

/** Looks like a button, goes to a place. */
export function ButtonLink({
  variant = 'secondary',
  size = 'normal',
  icon,
  className,
  children,
  ...rest
}: ComponentProps<typeof Link> & { variant?: ButtonVariant; size?: ButtonSize; icon?: ReactNode }) {
  return (
    <Link {...rest} className={buttonClass(variant, size, className)}>
      {icon}
      {children}
    </Link>
  )
}

/** A square button with a sign only; `label` is its name for those who do not see the sign, and its tooltip by `title`. */
export function IconButton({ label, className, size = 'normal', children, ...rest }: ButtonProps & { label: string }) {
  return (
    <Button
      variant="quiet"
      {...rest}
      size={size}
      aria-label={label}
      title={rest.title ?? label}
      className={classNames(size === 'small' ? 'w-7' : 'w-8 pointer-coarse:w-10', 'px-0!', className)}
    >
      {children}
    </Button>
  )
}

export function Spinner({ label }: { label?: string }) {
  return (
    <svg
      viewBox="0 0 16 16"
      className="size-4 animate-[turn_700ms_linear_infinite]"
      fill="none"
      stroke="currentColor"
      strokeWidth="2"
      role={label ? 'img' : undefined}
      aria-label={label}
      aria-hidden={label ? undefined : true}
    >
      <circle cx="8" cy="8" r="6" opacity="0.25" />
      <path d="M14 8a6 6 0 0 0-6-6" strokeLinecap="round" />
    </svg>
  )
}
