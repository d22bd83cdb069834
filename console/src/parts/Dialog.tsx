import type { ReactNode } from 'react'
import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import Modal, { type ModalProps } from '@cloudscape-design/components/modal'
import SpaceBetween from '@cloudscape-design/components/space-between'

/** A dialog that ends with a button to cancel and the buttons of its actions. */
export function Dialog({ title, size, onClose, actions, children }: {
  title: string
  size?: ModalProps.Size
  onClose: () => void
  actions: ReactNode
  children: ReactNode
}) {
  return (
    <Modal
      visible
      size={size}
      header={title}
      closeAriaLabel="Close"
      onDismiss={onClose}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={onClose}>Cancel</Button>
            {actions}
          </SpaceBetween>
        </Box>
      }
    >
      {children}
    </Modal>
  )
}
